"""Disputes are learnt from Stripe's events: nothing is refunded while one is open, and a lost one has given it back."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stripe
from sqlalchemy import select

from kits import clock
from kits.errors import WrongState
from shop.payments import webhooks
from shop.payments.gateway.seen import DisputeSeen
from shop.payments.giving_back import disputes, refunds
from shop.payments.tables import Payment, Refund
from shop.sandbox.events.signing import sign
from tests.journeys.driving import Bought, Driver
from tests.journeys.shopping import letters
from tests.servers.sandbox import SECRET
from tests.shop.payments.giving_back.test_money_back import give, refunded

Read = Callable[[Any], list[Any]]


@pytest.fixture
def bought(driver: Driver) -> Bought:
    return driver.buy()


def begin(driver: Driver) -> str:
    """The customer's bank begins to look into the charge; Stripe's id of the dispute."""
    charge = driver.sandbox.charges()[0]["id"]
    return str(driver.sandbox._said("POST", "disputes", {"charge": charge})["id"])


def end(driver: Driver, dispute: str, status: str) -> None:
    driver.sandbox._said("POST", f"disputes/{dispute}", {"status": status})


def hear(about: str, kind: str) -> None:
    """Stripe's event comes in and is worked on."""
    event = {"id": f"evt_{kind}_{time.monotonic_ns()}", "object": "event", "type": kind}
    body = json.dumps({**event, "data": {"object": {"id": about}}}).encode()
    row = webhooks.store(body, sign(SECRET, body, int(time.time())), now=clock.now())
    assert row is not None
    webhooks.process(row, clock.now())


def test_a_refund_asked_for_while_disputed_is_refused_in_words(driver: Driver, bought: Bought, read: Read) -> None:
    dispute = begin(driver)
    hear(dispute, "charge.dispute.created")
    assert read(select(Payment.dispute)) == ["open"]
    assert read(select(Payment.disputed_at)) != [None]
    with pytest.raises(WrongState, match="bank is looking into this payment"):
        give(bought, 500)
    assert read(select(Refund.id)) == []


def test_a_refund_that_is_pending_waits_until_the_dispute_is_won(
    driver: Driver, bought: Bought, read: Read, mail_folder: Path
) -> None:
    give(bought, 500)
    dispute = begin(driver)
    hear(dispute, "charge.dispute.created")
    driver.work()
    assert (read(select(Refund.state)), refunded(driver)) == (["pending"], [0])
    end(driver, dispute, "won")
    hear(dispute, "charge.dispute.closed")
    driver.work()
    assert (read(select(Refund.state)), refunded(driver)) == (["succeeded"], [500])
    subjects = [each.subject for each in letters(mail_folder) if each.to == "owner@example.org"]
    assert subjects == [f"The payment of order {bought.number} is disputed"] * 2, "begun, and won"


def test_a_dispute_no_event_has_told_of_fails_no_refund(driver: Driver, bought: Bought, read: Read) -> None:
    give(bought, 500)
    begin(driver)
    driver.work()
    assert (read(select(Refund.state)), read(select(Payment.dispute))) == (["pending"], ["open"])


def test_many_who_look_at_once_all_learn_how_it_stands(
    driver: Driver, bought: Bought, read: Read, at_once: Callable[..., list[Any]]
) -> None:
    begin(driver)
    [intent] = read(select(Payment.intent_id))
    assert at_once([lambda: disputes.look(intent, now=clock.now())] * 6) == ["open"] * 6


def test_a_lost_dispute_ends_what_waited_and_allows_nothing_more(
    driver: Driver, bought: Bought, read: Read, mail_folder: Path
) -> None:
    give(bought, 500)
    dispute = begin(driver)
    end(driver, dispute, "lost")
    hear(dispute, "charge.dispute.closed")
    driver.work()
    assert (read(select(Refund.state)), refunded(driver)) == (["failed"], [0])
    with pytest.raises(WrongState, match="taken this payment back"):
        give(bought, 500, mark="another form")
    assert "a refund that waited was given up" in letters(mail_folder)[-1].text


def test_events_that_come_late_or_twice_say_what_stripe_says_now(driver: Driver, bought: Bought, read: Read) -> None:
    dispute = begin(driver)
    end(driver, dispute, "won")
    for kind in ("charge.dispute.closed", "charge.dispute.created", "charge.dispute.created"):
        hear(dispute, kind)
        assert read(select(Payment.dispute)) == ["won"]
    give(bought, 500)
    driver.work()
    assert refunded(driver) == [500]


def test_an_answer_that_grew_old_on_the_way_does_not_win(
    driver: Driver, bought: Bought, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispute, real = begin(driver), stripe.RequestsClient.request
    lagging = [True]

    def slow(self: Any, *args: Any, **more: Any) -> Any:
        answer = real(self, *args, **more)
        if "disputes?" in args[1] and lagging:
            lagging.clear()
            end(driver, dispute, "won")
            disputes.learn(dispute, now=clock.now())
        return answer

    monkeypatch.setattr(stripe.RequestsClient, "request", slow)
    disputes.learn(dispute, now=clock.now())
    assert read(select(Payment.dispute)) == ["won"]


@pytest.mark.parametrize(
    ("status", "standing"),
    [
        ("needs_response", "open"), ("under_review", "open"), ("warning_needs_response", "open"),
        ("warning_under_review", "open"), ("won", "won"), ("warning_closed", "won"), ("lost", "lost"),
        ("prevented", "lost"), ("something_new", "open"),
    ],
)  # fmt: skip
def test_how_a_dispute_stands(status: str, standing: str) -> None:
    assert DisputeSeen("du_1", status, "pi_1").standing == standing


def test_a_refund_that_fails_tells_the_owner_stays_in_sight_and_can_be_asked_for_again(
    driver: Driver, bought: Bought, read: Read, mail_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shop.payments.gateway.account import StripeGateway
    from shop.payments.gateway.seen import RefundSeen
    from shop.payments.giving_back import money_back

    refund = give(bought)
    driver.work()
    gateway_id = read(select(Refund.gateway_id))[0]
    with monkeypatch.context() as patched:  # the sandbox's banks send nothing back
        sent_back = RefundSeen(gateway_id, "failed", "expired_or_canceled_card")
        patched.setattr(StripeGateway, "refund_seen", lambda self, refund_id: sent_back)
        hear(gateway_id, "refund.failed")
        hear(gateway_id, "refund.failed")
    driver.work()
    assert read(select(Refund.state)) == ["failed"]
    owners = [each for each in letters(mail_folder) if each.to == "owner@example.org"]
    assert [each.subject for each in owners] == [f"A refund of order {bought.number} failed"]
    assert "expired or canceled card" in owners[0].text
    again = [money_back.again(refund, actor="staff:1", now=clock.now()) for _ in range(2)]
    assert again[0] == again[1] != refund
    with pytest.raises(WrongState, match="did not fail"):
        money_back.again(again[0], actor="staff:1", now=clock.now())
    assert driver.state(bought.order_id) == "refunded"


def test_a_refund_stripe_knows_and_we_do_not_changes_nothing(driver: Driver, bought: Bought, read: Read) -> None:
    intent = driver.sandbox.charges()[0]["payment_intent"]
    client = stripe.StripeClient(driver.sandbox.key, base_addresses={"api": driver.sandbox.url})
    made = client.v1.refunds.create({"payment_intent": intent, "amount": 100})
    refunds.learn(made.id, now=clock.now())
    assert read(select(Refund.id)) == []
