"""A database that was restored elsewhere sends nothing and bills nothing, until it is adopted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from kits import audit, clock, host
from shop.environment import adopting, standing
from shop.environment.importing import Imported
from shop.environment.standing import OtherEnvironment
from shop.environment.tables import Environment
from shop.orders.tables import Order
from shop.payments.charge import charge_saved_card
from shop.payments.tables import Payment
from shop.reconciliation import running
from shop.reconciliation.kinds import CHARGE_UNSETTLED
from shop.reconciliation.mending import repairing
from shop.reconciliation.tables import Finding
from shop.registers import registers
from shop.work import duties
from shop.work.outbox import OutboxMail
from shop.work.running import shift
from subscriptions.billing import billing
from tests.journeys.driving import Bought, Driver
from tests.shop.environment.conftest import Copy, adopt, at_work, work

Read = Callable[[Any], list[Any]]


def both_due(driver: Driver) -> tuple[Bought, Bought]:
    """Two plans whose first refills are due, in a shop that works."""
    one, other = driver.buy(), driver.buy()
    driver.until_due(other)
    at_work()
    return one, other


def sent(mail_folder: Path) -> int:
    return len(list(mail_folder.iterdir()))


def test_a_copy_sends_nothing_and_bills_nothing(driver: Driver, copy: Copy, mail_folder: Path, read: Read) -> None:
    one, other = both_due(driver)
    before, mails = driver.charges(), sent(mail_folder)
    with copy():
        with pytest.raises(OtherEnvironment, match="adopt-environment"):
            work()
        with pytest.raises(OtherEnvironment):
            billing.bill(driver.refill(one).id, clock.now())
        assert read(select(OutboxMail.state).where(OutboxMail.sent_at.is_(None))) == []
        assert (driver.refill(one).state, driver.refill(other).state) == ("notified", "notified")
    assert (driver.charges(), sent(mail_folder)) == (before, mails)


def test_an_adopted_copy_bills_exactly_what_is_still_due(driver: Driver, copy: Copy, read: Read) -> None:
    one, other = both_due(driver)
    there = copy()
    billing.bill(driver.refill(one).id, clock.now())
    charged = driver.seen(driver.refill(one).order_id or 0).number
    with there as app:
        said = adopt(app, "--yes")
        assert (said.exit_code, "1 settled, 0 known, 0 not brought in" in said.output) == (0, True), said.output
        assert (driver.refill(one).state, driver.refill(other).state) == ("paid", "notified")
        assert driver.seen(driver.refill(one).order_id or 0).number == charged
        work()
        assert driver.refill(other).state == "paid"
        assert set(driver.charges().values()) == {1}
        assert read(select(audit.AuditEntry.actor).where(audit.AuditEntry.action == "environment.adopted")) == [
            "command"
        ]
    assert driver.charges() == {(each.number, what): 1 for each in (one, other) for what in ("-", "1")}


def test_what_was_being_charged_when_the_copy_was_made_is_settled_in_it(driver: Driver, copy: Copy) -> None:
    one, other = both_due(driver)
    for each in (one, other):
        driver.card_behaves(each, "pm_card_chargeDeclined")
    driver.work()
    there = copy()
    driver.card_behaves(one, None)
    refill = driver.refill(one)
    assert refill.order_id is not None
    assert charge_saved_card(refill.order_id, driver_card(one), now=clock.now()) == "succeeded"
    with there as app:
        assert driver.refill(one).state == "declined"
        assert adopt(app, "--yes").exit_code == 0
        assert (driver.refill(one).state, driver.refill(other).state) == ("paid", "declined")
    assert driver.charges()[one.number, "1"] == 1


def driver_card(bought: Bought) -> str:
    paid_with = select(Payment.card).join(Order).where(Order.number == bought.number)
    card = host.session().scalar(paid_with)
    host.end_reads()
    assert card is not None
    return card


def test_adopting_twice_changes_nothing_more(driver: Driver, copy: Copy, read: Read) -> None:
    one, _ = both_due(driver)
    there = copy()
    billing.bill(driver.refill(one).id, clock.now())
    with there as app:
        adopt(app, "--yes")
        again = adopt(app, "--yes")
        assert "Nothing has to be adopted" in again.output
        assert "0 settled, 1 known" in again.output
        assert len(read(select(Payment.id))) == 3


def test_a_kit_sold_after_the_copy_was_made_is_told_and_hinders_nothing(driver: Driver, copy: Copy) -> None:
    both_due(driver)
    there = copy()
    sold = driver.buy()
    with there as app:
        said = adopt(app, "--yes")
        assert said.exit_code == 0
        assert f"{sold.number}: £" in said.output
        assert "placed after this copy was made" in said.output
        work()


def test_a_charge_that_cannot_be_matched_with_its_plan_hinders_unless_told_otherwise(
    driver: Driver, copy: Copy
) -> None:
    one, _ = both_due(driver)
    there = copy()
    billing.bill(driver.refill(one).id, clock.now())
    with there as app:
        with host.unit() as session:  # its copy thinks that this refill is not to be sent
            refill = driver.refill(one).id
            session.get_one(billing.Refill, refill).state = "cancelled"
        said = adopt(app, "--yes")
        assert (said.exit_code, "Nothing was adopted" in said.output) == (1, True)
        with pytest.raises(OtherEnvironment):
            work()
        assert adopt(app, "--yes", "--despite").exit_code == 0
        work()


def test_the_command_asks_first_and_no_changes_nothing(driver: Driver, copy: Copy) -> None:
    both_due(driver)
    with copy() as app:
        said = app.test_cli_runner().invoke(args=["shop", "adopt-environment"], input="n\n")
        assert said.exit_code == 1
        assert "Stop the shop and its workers" in said.output
        with pytest.raises(OtherEnvironment):
            work()


def test_while_stripe_does_not_answer_nothing_is_adopted(driver: Driver, copy: Copy) -> None:
    both_due(driver)
    with copy() as app:
        driver.sandbox.fault("payment_intents.list", "http_429", times=9)
        said = adopt(app, "--yes")
        assert (said.exit_code, "Stripe is busy" in said.output) == (1, True)
        with pytest.raises(OtherEnvironment):
            work()


def test_a_running_worker_waits_in_a_copy_and_goes_on_when_it_is_adopted(
    driver: Driver, copy: Copy, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(shift, "IDLE_SECONDS", 0.02)
    one, other = both_due(driver)
    with copy() as app:
        stop = threading.Event()
        worker = threading.Thread(target=_keep_working, args=(app, stop))
        worker.start()
        try:
            while "adopt-environment" not in caplog.text:
                stop.wait(0.02)
            assert driver.refill(one).state == "notified"
            adopt(app, "--yes")
            for _ in range(500):
                if {driver.refill(one).state, driver.refill(other).state} == {"paid"}:
                    break
                stop.wait(0.02)
        finally:
            stop.set()
            worker.join(10)
        assert {driver.refill(one).state, driver.refill(other).state} == {"paid"}
        assert caplog.text.count("adopt-environment") == 1


def _keep_working(app: Flask, stop: threading.Event) -> None:
    with app.app_context():
        duties.keep_working(registers().duties, stop)


def test_a_copy_knows_since_when_to_ask_whatever_was_done_in_it_meanwhile(driver: Driver, copy: Copy) -> None:
    one, _ = both_due(driver)
    there = copy()
    billing.bill(driver.refill(one).id, clock.now())
    with there as app:
        driver.travel(clock.now() + timedelta(days=4), work=False)
        driver.buy()  # a visitor found the copy: its newest attempt is no measure
        said = adopt(app, "--yes")
        assert "1 settled" in said.output
    assert driver.charges()[one.number, "1"] == 1


def test_a_database_is_marked_by_the_first_worker_and_seen_to_be_well_each_minute(driver: Driver, read: Read) -> None:
    assert read(select(Environment.id)) == []
    work()
    assert read(select(Environment.id)) == [1]
    seen = read(select(Environment.seen_at))[0]
    driver.travel(clock.now() + timedelta(days=1), work=False)
    work()
    assert read(select(Environment.seen_at)) == [seen], "asked within the last minute"
    standing.forget()
    work()
    assert read(select(Environment.seen_at))[0] >= seen + timedelta(days=1)


def test_a_charge_that_was_not_imported_is_found_by_reconciliation_and_ordered_here(
    driver: Driver, copy: Copy, read: Read
) -> None:
    one, _ = both_due(driver)
    there = copy()
    billing.bill(driver.refill(one).id, clock.now())
    with there:
        adopting.adopt(Imported(), actor="command", now=clock.now())
        driver.travel(clock.now() + timedelta(hours=1), work=False)
        running.compare(running.span(clock.now()), actor="command", now=clock.now())
        [finding] = read(select(Finding.id).where(Finding.kind == CHARGE_UNSETTLED))
        repairing.repair(finding, actor="staff:1", now=clock.now())
        assert driver.refill(one).state == "paid"
        work()
    assert driver.charges()[one.number, "1"] == 1
