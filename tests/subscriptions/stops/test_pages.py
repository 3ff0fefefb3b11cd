"""The admin's page of a disputed payment: the evidence at hand, and whether the plan goes on."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from kits import clock, host
from shop.orders import parcels
from shop.payments.tables import Payment
from tests.bench.statements import counted
from tests.journeys.driving import Bought, Driver
from tests.journeys.mistakes import nothing_changed
from tests.servers.client import Visitor
from tests.shop.admin.conftest import Staff, staff, words  # noqa: F401
from tests.subscriptions.cards.conftest import Cards
from tests.subscriptions.stops.test_stops import cards, disputed, stop_id, warned  # noqa: F401


def page_of(driver: Driver) -> str:
    found = host.session().scalar(select(Payment.id).order_by(Payment.id.desc()))
    host.end_reads()
    return f"/admin/disputes/{found}"


def test_the_evidence_stands_on_one_page(driver: Driver, bought: Bought, staff: Staff) -> None:  # noqa: F811
    driver.travel(driver.until_due(bought).charge_on)
    order_id = driver.refill(bought).order_id or 0
    parcels.ship(order_id, tracking="JD0002", actor="staff:1", now=clock.now())
    disputed(driver)
    with counted(host.engine()) as statements:
        said = words(staff.get(page_of(driver)))
    assert len(statements) <= 24
    for part in (
        "The bank is looking into £49.00", "Answer it on Stripe’s own pages by", "The terms,",
        "That the card is charged for refills later", "Version 1 of the notice confirmed", "JD0002",
        "saved card", "Notices before charges", "Accepted by the mail server",
        "Its plan is not charged until you decide",
    ):  # fmt: skip
        assert part in said, part
    assert "disputed" in words(staff.get("/admin/disputes"))
    assert "1 plan waits for your decision" in words(staff.get("/admin/"))


def test_staff_let_the_plan_go_on_from_the_page(driver: Driver, bought: Bought, staff: Staff, cards: Cards) -> None:  # noqa: F811
    warned(driver)
    page = page_of(driver)
    assert "Nobody has disputed it yet" in words(staff.get(page))
    answer = staff.post(f"/admin/stops/{stop_id()}", page=page, outcome="goes_on")
    assert answer.status_code == 303
    assert "The plan goes on" in words(staff.get(page))
    with nothing_changed():
        staff.post(f"/admin/stops/{stop_id()}", page="/admin/receive", outcome="goes_on")
    assert "waits for your decision" not in words(staff.get("/admin/"))


def test_staff_end_the_plan_from_the_page(driver: Driver, bought: Bought, staff: Staff) -> None:  # noqa: F811
    disputed(driver)
    page = page_of(driver)
    staff.post(f"/admin/stops/{stop_id()}", page=page, outcome="ends")
    assert "The plan has ended" in words(staff.get(page))
    assert {refill.state for refill in driver.refills(bought)} == {"cancelled"}


@pytest.mark.parametrize("outcome", ["", "perhaps", "x" * 1000, "\0"])
def test_what_is_no_decision_changes_nothing(outcome: str, driver: Driver, bought: Bought, staff: Staff) -> None:  # noqa: F811
    disputed(driver)
    with nothing_changed():
        assert staff.post(f"/admin/stops/{stop_id()}", outcome=outcome).status_code == 422


def test_only_staff_see_it_and_decide(driver: Driver, bought: Bought, client: Visitor) -> None:
    disputed(driver)
    with nothing_changed():
        for answer in (
            client.get("/admin/disputes"),
            client.get(page_of(driver)),
            client.post(f"/admin/stops/{stop_id()}"),
        ):
            assert answer.status_code in (303, 400, 403)


def test_a_payment_that_nobody_disputes_has_no_such_page(driver: Driver, bought: Bought, staff: Staff) -> None:  # noqa: F811
    assert staff.get(page_of(driver)).status_code == 404
    assert "No payment is disputed" in words(staff.get("/admin/disputes"))
    assert staff.post("/admin/stops/999", outcome="goes_on").status_code == 404
