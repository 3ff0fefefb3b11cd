"""Withdraw: a kit that came is given back sealed, looked at, restocked and refunded, and its refills are over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import select, update

from kits import host
from kits.catalogue.tables import Item
from kits.stock.tables import Lot
from tests.journeys import far_ahead
from tests.journeys.far_ahead import START, Mails, Work, refill_charges
from tests.journeys.shopping import Customer, Staff
from tests.servers.sandbox import Sandbox

now, ada, staff, work, mails = far_ahead.FIXTURES

Travel = Callable[..., Any]


def test_a_sealed_kit_goes_back_into_its_lots_its_money_to_the_card_and_no_refill_is_charged(
    ada: Customer, stocked: str, staff: Staff, work: Work, travel: Travel, mails: Mails, sandbox: Sandbox
) -> None:
    with host.unit() as session:
        session.execute(update(Item).values(sealed=True))
    bought = ada.buys(stocked, START)
    staff.ships(bought["number"])
    staff.press("Mark as delivered")
    assert free_units() == [19, 19]

    ada.open(f"/orders/{bought['token']}")
    ada.follow("Withdraw from contract here")
    form = ada.page.form("Go on")
    confirm = ada.press("Go on", **dict.fromkeys(form.values, "unbroken"))
    assert "Your refills end now" in confirm.words
    assert ada.sees()["refills"][0]["state"] == "scheduled", "the first step does nothing"
    told = ada.press("Confirm withdrawal")
    assert ("Send it back by Mon 22 January 2035" in told.words, given_back(sandbox)) == (True, [0])
    assert [refill["state"] for refill in ada.sees()["refills"]] == ["cancelled", "cancelled"]

    work("2035-01-15T09:00")
    staff.open("/admin/returns")
    staff.follow(bought["number"])
    staff.press("It is here", received_on="2035-01-15")
    came = staff.page.form("Book it").values
    booked = staff.press("Book it", **dict.fromkeys((name for name in came if name.startswith("restock")), 1))
    assert ('value="89.00"' in booked.html, free_units()) == (True, [20, 20])
    staff.press("Refund it")
    work("2035-01-15T09:05")
    assert given_back(sandbox) == [8900]
    assert "£89.00 was sent to your card ending in 4242" in seen(ada)
    for subject in ("You have withdrawn", "£89.00 goes back to you"):
        assert len(mails(subject)) == 1

    travel(date(2035, 12, 1))
    assert (refill_charges(sandbox), given_back(sandbox), mails("Your next serum refill")) == ([], [8900], [])


def free_units() -> list[int]:
    """What can be sold of each lot."""
    found = list(host.session().scalars(select(Lot.free).order_by(Lot.id)))
    host.end_reads()
    return found


def given_back(sandbox: Sandbox) -> list[int]:
    """What the gateway gave back of each charge, in pence."""
    return [charge["refunded"] for charge in sandbox.charges()]


def seen(ada: Customer) -> str:
    """The order's page as it reads now."""
    return ada.open(f"/orders/{ada.order['token']}").words
