"""A recall reaches its customers: each order once, with what is true for it; plans under way are held."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import event, select, update

from kits import clock, host
from kits.audit import AuditEntry
from kits.errors import BadInput, NotFound, WrongState
from kits.stock.ledger import Cause
from kits.stock.moves.returns import take_back
from kits.stock.tables import Lot
from shop.orders.parcels import ship
from shop.work.outbox import OutboxMail
from subscriptions import commands
from subscriptions.recall import recall
from subscriptions.recall.tables import RecalledBox
from subscriptions.recall.telling import tell
from tests.journeys.driving import Bought, Driver, days
from tests.subscriptions.recall.conftest import ROLLER_LOT, SERUM_LOT
from tests.subscriptions.recall.seeing import box, holds, number, values

Buy = Callable[..., Bought]
Recalled = Callable[..., int]
Mails = Callable[[], list[tuple[str, str]]]


@pytest.fixture
def mails(mail_folder: Path) -> Mails:
    """To whom and what was written about the recall, in one line each."""

    def sent() -> list[tuple[str, str]]:
        read = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(mail_folder.iterdir())]
        about = [mail for mail in read if str(mail["Subject"]).startswith("Please stop using")]
        bodies = [mail.get_body(("plain",)).get_content() for mail in about]  # type: ignore[union-attr]
        return [(str(mail["To"]), " ".join(body.split())) for mail, body in zip(about, bodies, strict=True)]

    return sent


@pytest.fixture
def count(app: object) -> Callable[[], int]:
    """How many statements wrote recalled boxes since the test began."""
    found: list[str] = []
    event.listen(host.engine(), "before_cursor_execute", lambda *about: found.append(str(about[2])))
    return lambda: sum(each.startswith("INSERT INTO subscriptions_recalled_box") for each in found)


def outlook(code: str) -> recall.Outlook:
    lot_id = values(select(Lot.id).where(Lot.code == code))[0]
    found = recall.outlook(host.session(), lot_id, clock.today(clock.now()))
    host.end_reads()
    return found


def test_who_received_the_lot_is_written_down_with_the_recall(driver: Driver, shipped: Buy, recalled: Recalled) -> None:
    first, second, unsent = shipped(), shipped(quantity=2), driver.buy()
    recalled()
    assert [(box(each).units, box(each).state) for each in (first, second)] == [(1, "to_tell"), (2, "to_tell")]
    assert values(select(RecalledBox.id).where(RecalledBox.order_id == unsent.order_id)) == []


def test_every_customer_is_told_once_and_their_plan_is_held(
    driver: Driver, shipped: Buy, recalled: Recalled, mails: Mails, today: date
) -> None:
    bought = [shipped(), shipped()]
    recalled(message="A seal is not tight.\n\nWe are sorry.")
    for each in (1, 2):
        driver.travel(clock.now() + timedelta(minutes=each))
    assert [to for to, _ in mails()] == ["buyer1@example.org", "buyer2@example.org"]
    for said in (SERUM_LOT, "A seal is not tight. We are sorry.", "Your plan rests", "free of charge",
                 f"order {bought[0].number}", f"/orders/{bought[0].token}"):  # fmt: skip
        assert said in mails()[0][1]
    assert [holds(each) for each in bought] == [[(today, None)]] * 2
    tell(box(bought[0]).id, clock.now())
    driver.work()
    assert len(mails()) == 2


def test_two_workers_tell_a_customer_once(
    shipped: Buy, recalled: Recalled, at_once: Callable[..., list[object]]
) -> None:
    bought, now = shipped(), clock.now()
    recalled()
    mine = box(bought).id
    at_once([lambda: tell(mine, now)] * 4)
    assert len(values(select(OutboxMail.id).where(OutboxMail.key.like("recall-%")))) == 1
    assert len(holds(bought)) == 1


def test_a_kit_without_refills_is_told_and_there_is_nothing_to_hold(
    driver: Driver, shipped: Buy, recalled: Recalled, mails: Mails
) -> None:
    shipped(refills=False)
    recalled()
    assert outlook(SERUM_LOT).running == 1
    driver.work()
    [(_, said)] = mails()
    assert "free of charge" in said
    assert "rests" not in said


def test_who_has_used_the_box_up_is_told_in_other_words_and_not_held(
    driver: Driver, shipped: Buy, recalled: Recalled, mails: Mails, today: date
) -> None:
    bought = shipped()
    driver.travel(today + days(100))
    recalled(SERUM_LOT)
    assert (outlook(SERUM_LOT).recipients, outlook(SERUM_LOT).running) == (1, 0)
    driver.work()
    [(_, said)] = mails()
    assert "you have had all sessions with this box" in said
    assert ("rests" in said, holds(bought)) == (False, [])


def test_what_stays_for_the_whole_plan_is_in_use_until_its_last_session(
    driver: Driver, shipped: Buy, recalled: Recalled, today: date
) -> None:
    bought = shipped()
    driver.travel(today + days(100))
    recalled(ROLLER_LOT)
    assert outlook(ROLLER_LOT).running == 1
    driver.work()
    assert holds(bought) == [(today + days(100), None)]


def test_a_refills_box_holds_the_plan_that_it_belongs_to(
    driver: Driver, shipped: Buy, recalled: Recalled, deliver: Callable[..., None], mails: Mails
) -> None:
    bought = shipped()
    refill = driver.until_due(bought)
    with host.unit() as session:  # what is left of the first lot is too old for the refill
        session.execute(update(Lot).where(Lot.code == SERUM_LOT).values(expires_on=refill.charge_on))
    deliver("SECOND", 5)
    driver.work()
    order_id = driver.refill(bought).order_id or 0
    ship(order_id, tracking="", actor="staff:1", now=clock.now())
    recalled("SECOND")
    driver.work()
    assert values(select(RecalledBox.order_id)) == [order_id]
    assert holds(bought) == [(refill.charge_on, None)]
    assert number(order_id) in mails()[0][1]


def test_a_plan_whose_refills_were_ended_is_not_held_but_its_box_is_replaced(
    driver: Driver, shipped: Buy, recalled: Recalled, mails: Mails
) -> None:
    bought = shipped()
    commands.end(bought.subscription_id or 0, actor="customer", now=clock.now())
    recalled()
    assert outlook(SERUM_LOT).running == 0
    driver.work()
    assert (holds(bought), "free of charge" in mails()[0][1]) == ([], True)


def test_who_sent_all_of_it_back_is_not_written_to(
    driver: Driver, shipped: Buy, recalled: Recalled, mails: Mails
) -> None:
    bought = shipped()
    [lot_id] = values(select(Lot.id).where(Lot.code == SERUM_LOT))
    take_back(lot_id, 1, "discard", Cause("staff:1", clock.now(), "back", order_number=bought.number))
    recalled()
    driver.work()
    assert mails() == []


def test_before_it_begins_a_recall_says_what_it_will_do_and_does_nothing(driver: Driver, shipped: Buy) -> None:
    shipped()
    driver.buy()
    seen = outlook(SERUM_LOT)
    assert (seen.to_quarantine, seen.to_repack, seen.recipients, seen.running) == (19, [], 1, 1)
    assert values(select(RecalledBox.id)) == []


def test_a_recall_is_called_off_while_nobody_was_told(
    driver: Driver, shipped: Buy, recalled: Recalled, mails: Mails
) -> None:
    shipped()
    recall_id = recalled()
    with pytest.raises(BadInput):
        recall.call_off(recall_id, Cause("staff:1", clock.now(), ""))
    recall.call_off(recall_id, Cause("staff:1", clock.now(), "another lot"))
    driver.work()
    assert (mails(), values(select(RecalledBox.id))) == ([], [])
    assert values(select(AuditEntry.action).where(AuditEntry.action.like("recall%"))) == ["recall.called_off"]
    with pytest.raises(NotFound):
        recall.call_off(recall_id, Cause("staff:1", clock.now(), "again"))


def test_a_recall_that_somebody_knows_of_is_not_called_off(driver: Driver, shipped: Buy, recalled: Recalled) -> None:
    bought = [shipped(), shipped()]
    recall_id = recalled()
    tell(box(bought[0]).id, clock.now())
    with pytest.raises(WrongState):
        recall.call_off(recall_id, Cause("staff:1", clock.now(), "too late"))
    assert [box(each).state for each in bought] == ["told", "to_tell"]


def test_ten_thousand_recipients_cost_one_statement(shipped: Buy, recalled: Recalled, count: Callable[[], int]) -> None:
    shipped()
    shipped()
    recalled()
    assert count() == 1
