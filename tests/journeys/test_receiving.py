"""Receive stock: a delivery makes the kit buyable, and lets go on what waited for it."""

from __future__ import annotations

from datetime import date, timedelta

from kits.catalogue.first_kit import ROLLER, SERUM
from tests.journeys import far_ahead
from tests.journeys.driving import Driver
from tests.journeys.far_ahead import START, Mails, Work, refill_charges
from tests.journeys.pages import Person
from tests.journeys.shopping import Customer, Staff
from tests.servers.commands import Commands
from tests.servers.ground import ServedShop
from tests.servers.sandbox import Sandbox

now, ada, staff, work, mails = far_ahead.FIXTURES

EXPIRES = date(2036, 12, 31)


def test_what_staff_receive_can_be_bought_at_once(
    served: ServedShop, kit: str, staff: Staff, ada: Customer, sandbox: Sandbox
) -> None:
    assert "Sold out" in ada.open(f"/kits/{kit}").words
    assert "20 received" in staff.receives(ROLLER, "R-1", 20, EXPIRES).words
    assert "Sold out" in ada.open(f"/kits/{kit}").words, "a kit without serum is no kit"
    booked = staff.receives(SERUM, "S-1", 2, EXPIRES)
    assert ("2 received" in booked.words, f"2 of {SERUM} on hand" in booked.words) == (True, True)
    assert "In stock" in ada.open(f"/kits/{kit}").words
    ada.buys(kit, START)
    assert ada.page.heading.startswith("Paid")
    assert "S-1" in staff.open("/admin/stock").words


def test_nobody_receives_stock_without_signing_in(served: ServedShop, kit: str) -> None:
    stranger = Person(served.url)
    assert stranger.open("/admin/receive").url.split("?")[0].endswith("/admin/sign-in")
    stranger.press("Sign in", email="sam@example.org", password="a guess of someone")
    assert stranger.page.status == 401


def test_a_delivery_that_makes_no_sense_is_refused_beside_its_field(staff: Staff, kit: str) -> None:
    late = staff.receives(SERUM, "S-1", 5, START)
    assert (late.status, "This day has passed" in late.words) == (422, True)
    many = staff.receives(SERUM, "S-1", 10**9, EXPIRES)
    assert (many.status, "1 to 1,000,000" in many.words) == (422, True)
    assert "S-1" not in staff.open("/admin/stock").words


def test_stock_that_does_not_last_for_the_plan_does_not_make_it_buyable(
    served: ServedShop, kit: str, staff: Staff, ada: Customer
) -> None:
    staff.receives(ROLLER, "R-1", 5, EXPIRES)
    staff.receives(SERUM, "S-1", 5, START + timedelta(days=30))
    assert "Sold out" in ada.open(f"/kits/{kit}?sessions=10&every_weeks=4&start={START}").words


def test_a_refill_that_waited_for_stock_is_charged_in_the_next_round(
    kit: str,
    ada: Customer,
    staff: Staff,
    work: Work,
    mails: Mails,
    sandbox: Sandbox,
    run_command: Commands,
) -> None:
    staff.receives(ROLLER, "R-1", 1, EXPIRES)
    run_command("kits", "receive", SERUM, "S-1", "1", EXPIRES.isoformat())
    ada.buys(kit, START)
    travel = Driver(kit, sandbox).travel
    travel(date(2035, 3, 22))
    travel(date(2035, 4, 1))
    assert (ada.refill(1)["state"], refill_charges(sandbox)) == ("waiting_for_stock", [])
    assert [mail.to for mail in (*mails("Your refill is delayed"), *mails("A refill waits for stock"))] == [
        "ada@example.org",
        "owner@example.org",
    ]
    travel(date(2035, 4, 3))
    assert len(mails("Your refill is delayed")) == 1

    staff.receives(SERUM, "S-2", 1, EXPIRES)
    work("2035-04-03T09:05")
    assert ada.refill(1)["state"] == "paid"
    assert refill_charges(sandbox) == [("1", "2035-04-03", 4900)]
