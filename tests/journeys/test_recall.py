"""Recall: the right people are told once, their plan rests, the box is replaced, and then the plan goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from kits import host
from kits.stock.tables import Lot, StockMovement
from tests.journeys import far_ahead
from tests.journeys.far_ahead import START, Mails, refill_charges
from tests.journeys.shopping import ADA, Customer, Staff
from tests.servers.sandbox import Sandbox

now, ada, staff, work, mails = far_ahead.FIXTURES

Travel = Callable[..., Any]
SAID = "Please stop using"
NEW_DATES = "Your plan goes on"


def bob_buys(address: str, kit: str) -> tuple[Customer, str]:
    """Someone else with a plan from the same day; and the order's number."""
    bob = Customer(address)
    return bob, bob.buys(kit, START, email="bob@example.org", name="Bob Example")["number"]


def recalls(staff: Staff, code: str, message: str) -> None:
    """Staff pick a lot, read what the recall will do, and begin it."""
    staff.open("/admin/recalls")
    staff.press("See what a recall would do", code=code)
    staff.follow("Serum")
    assert "Orders that received it 1" in staff.page.words
    staff.press("Recall the lot now", reason="a seal", message=message)
    assert staff.page.heading == f"Recall of lot {code}", staff.page.words


def test_a_recalled_box_is_replaced_and_its_plan_goes_on_with_new_dates(
    ada: Customer, stocked: str, staff: Staff, travel: Travel, mails: Mails, sandbox: Sandbox
) -> None:
    staff.receives("SERUM-3M", "FIRST", 1, date(2036, 1, 1))
    bought = ada.buys(stocked, START)
    staff.ships(bought["number"])
    staff.receives("SERUM-3M", "SECOND", 1, date(2036, 6, 1))
    bob, bobs = bob_buys(ada.address, stocked)
    staff.ships(bobs)

    travel(date(2035, 2, 1))
    recalls(staff, "FIRST", "A seal is not tight.")
    travel(date(2035, 2, 2))
    [told] = mails(SAID)
    assert told.to == ADA["email"]
    assert "FIRST" in told.text
    assert "nothing is charged" in told.text
    assert "All 1 told" in staff.open(staff.page.url).words

    # The day of the notice and of the charge pass for Ada, who is held; not for Bob.
    asks(ada, bought["token"])
    assert "is being packed" in ada.page.words
    for day in (date(2035, 3, 22), date(2035, 4, 1), date(2035, 4, 12)):
        travel(day)
    assert [mail.to for mail in mails("Your next serum refill")] == ["bob@example.org"]
    assert [each["metadata"]["root_order"] for each in sandbox.charges() if "refill" in each["metadata"]] == [bobs]
    assert [refill["state"] for refill in ada.sees()["refills"]] == ["scheduled", "scheduled"]

    # From 2 February to 13 April the plan has rested 70 days.
    travel(date(2035, 4, 13))
    staff.ships(replacement_of(ada, bought["token"]))
    travel(date(2035, 4, 14))
    [dates] = mails(NEW_DATES)
    assert ("LOT-SERUM-3M", 1) in shipped_from()
    assert dates.to == ADA["email"]
    later = timedelta(days=70)
    # The second box is needed no sooner than the first is empty: three months from 17 June.
    assert [refill["needed_on"] for refill in ada.sees()["refills"]] == ["2035-06-17", "2035-09-17"]
    assert f"{(date(2035, 9, 17) + later).day} November 2035" in dates.text

    charge_day = date(2035, 4, 1) + later
    travel(charge_day - timedelta(days=10))
    assert ada.refill(1)["state"] == "notified"
    travel(charge_day - timedelta(days=1))
    assert ada.refill(1)["state"] == "notified"
    travel(charge_day)
    travel(charge_day + timedelta(days=1))
    assert ada.refill(1)["state"] == "paid"
    mine = [each for each in sandbox.charges() if each["metadata"]["root_order"] == bought["number"]]
    assert len(mine) == 2, "the kit and one refill"
    assert ("1", charge_day.isoformat(), 4900) in refill_charges(sandbox)
    assert len(mails(SAID)) == 1
    assert "on hold" not in ada.open(f"/orders/{bought['token']}").words
    assert bob.refill(1)["needed_on"] == "2035-04-08"


def shipped_from() -> list[tuple[str, int]]:
    """The lots that serum was shipped from, and how many units."""
    units = select(Lot.code, -StockMovement.quantity).join(Lot, Lot.id == StockMovement.lot_id)
    found = host.session().execute(units.where(StockMovement.kind == "ship", Lot.item.has(sku="SERUM-3M"))).all()
    host.end_reads()
    return [(code, count) for code, count in found]


def asks(customer: Customer, token: str) -> None:
    """The customer asks for a replacement on the order's page."""
    customer.open(f"/orders/{token}")
    customer.press("Send me a replacement")


def replacement_of(customer: Customer, token: str) -> str:
    """The replacement's number as its customer sees it."""
    customer.open(f"/orders/{token}")
    customer.open(customer.page.link("R-"))
    assert customer.page.heading == "We pack your replacement next"
    return customer.page.words.split("Order ")[1].split()[0]
