"""Refill: announced, charged no sooner than promised, packed, and over with the plan."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import requests

from tests.journeys import far_ahead
from tests.journeys.far_ahead import NEEDED, START, Mails, Work, refill_charges
from tests.journeys.shopping import ADA, ASKS_EVERY_TIME, GOOD, Customer, Staff, saved_cards
from tests.servers.commands import Commands
from tests.servers.sandbox import Sandbox

now, ada, staff, work, mails = far_ahead.FIXTURES

# Time passes inside the test's own process where a story is not about the command.
Travel = Callable[..., Any]


def test_a_plan_is_announced_charged_shipped_and_then_over(
    ada: Customer, stocked: str, work: Work, travel: Travel, mails: Mails, sandbox: Sandbox, staff: Staff
) -> None:
    bought = ada.buys(stocked, START)
    staff.ships(bought["number"])
    assert [refill["needed_on"] for refill in ada.sees()["refills"]] == NEEDED

    # The worker stood still: the notice leaves a week late, and the charge waits for its seven days.
    work("2035-03-29T09:00")
    [notice] = mails("Your next serum refill")
    for said in ("£49.00", "5 April 2035", "8 April 2035", "ending in 4242", f"/orders/{bought['token']}"):
        assert said in notice.text
    assert notice.to == ADA["email"]
    assert (ada.refill(1)["state"], ada.refill(1)["charge_on"]) == ("notified", "2035-04-05")
    travel(datetime(2035, 4, 4, 23, 30, tzinfo=ZoneInfo("Europe/London")))
    assert refill_charges(sandbox) == []
    work("2035-04-05T00:30")
    assert refill_charges(sandbox) == [("1", "2035-04-04", 4900)]  # half past midnight, summer time
    assert (ada.refill(1)["state"], len(mails("Your refill is paid"))) == ("paid", 1)
    charge = sandbox.charges()[0]["metadata"]
    assert (charge["root_order"], charge["attempt"]) == (bought["number"], "1")
    assert "shipped" in staff.ships(charge["order"]).heading
    assert ada.refill(1)["state"] == "shipped"

    travel(date(2035, 6, 21))
    assert (ada.refill(2)["state"], ada.refill(2)["charge_on"]) == ("notified", "2035-07-01")
    assert "last refill" in mails("Your next serum refill")[1].text
    work("2035-07-01T09:00")
    assert refill_charges(sandbox)[1:] == [("2", "2035-07-01", 4900)]
    staff.ships(sandbox.charges()[0]["metadata"]["order"])

    travel(date(2035, 9, 17))
    assert mails("Your refills have ended") == []
    work("2035-09-18T00:30")
    [ended] = mails("Your refills have ended")
    assert "17 September 2035" in ended.text
    assert [refill["state"] for refill in ada.sees()["refills"]] == ["shipped", "shipped"]
    assert len(sandbox.charges()) == 3
    assert "refills ended" in ada.open(f"/orders/{bought['token']}").words


def test_a_declined_refill_is_tried_again_and_then_paid(
    ada: Customer, stocked: str, travel: Travel, mails: Mails, sandbox: Sandbox, run_command: Commands
) -> None:
    ada.buys(stocked, START)
    travel(date(2035, 3, 22))
    run_command("shop", "sandbox-card", ADA["email"], "pm_card_chargeDeclinedInsufficientFunds")
    travel(date(2035, 4, 1))
    assert (ada.refill(1)["state"], refill_charges(sandbox)) == ("declined", [])
    [mail] = mails("Your card was declined")
    assert "2 April 2035" in mail.text
    card_behaves(sandbox, "pm_card_visa")
    travel(date(2035, 4, 2))
    assert ada.refill(1)["state"] == "paid"
    assert refill_charges(sandbox) == [("1", "2035-04-02", 4900)]


def test_a_lost_card_is_not_tried_again_and_the_card_that_pays_instead_pays_the_rest(
    ada: Customer, stocked: str, travel: Travel, mails: Mails, sandbox: Sandbox
) -> None:
    ada.buys(stocked, START)
    travel(date(2035, 3, 22))
    card_behaves(sandbox, "pm_card_chargeDeclinedLostCard")
    travel(date(2035, 4, 1))
    assert ada.refill(1)["state"] == "needs_customer"
    pays_in_person(ada, mails, "5555555555554444")
    travel(date(2035, 6, 21))
    assert "ending in 4444" in mails("Your next serum refill")[1].text
    travel(date(2035, 7, 1))
    assert refill_charges(sandbox) == [("1", "2035-04-01", 4900), ("2", "2035-07-01", 4900)]


def test_a_bank_that_wants_the_customer_is_answered_in_person_over_the_link_in_the_mail(
    ada: Customer, stocked: str, travel: Travel, mails: Mails, sandbox: Sandbox
) -> None:
    ada.buys(stocked, START, card=ASKS_EVERY_TIME)
    ada.press("Complete authentication")
    travel(date(2035, 3, 22))
    travel(date(2035, 4, 1))
    assert (ada.refill(1)["state"], refill_charges(sandbox)) == ("needs_customer", [])
    pays_in_person(ada, mails, ASKS_EVERY_TIME, "Complete authentication")
    assert ada.refill(1)["state"] == "paid"
    travel(date(2035, 4, 9))
    assert refill_charges(sandbox) == [("1", "2035-04-01", 4900)]
    assert len(sandbox.charges()) == 2


def test_who_ends_the_refills_over_the_link_in_the_notice_is_not_charged(
    ada: Customer, stocked: str, travel: Travel, mails: Mails, sandbox: Sandbox
) -> None:
    ada.buys(stocked, START)
    travel(date(2035, 3, 22))
    [notice] = mails("Your next serum refill")
    ada.open(link_in(notice.text, ada))
    ada.follow("End the refills")
    assert [refill["state"] for refill in ada.sees()["refills"]] == ["notified", "scheduled"]
    ada.press("End the refills now")
    travel(date(2035, 8, 1))
    assert [refill["state"] for refill in ada.sees()["refills"]] == ["cancelled", "cancelled"]
    assert refill_charges(sandbox) == []
    assert len(mails("Your refills have ended")) == 1


def test_refills_are_left_out_for_a_plan_that_one_box_is_enough_for(
    ada: Customer, stocked: str, travel: Travel, sandbox: Sandbox
) -> None:
    plan = {"sessions": 6, "every_weeks": 2, "start": START.isoformat()}
    ada.buys(stocked, START, lines=[{"kit": stocked, "quantity": 1, "plan": plan, "refills": True}])
    assert ada.sees()["refills"] == []
    travel(date(2035, 12, 1))
    assert len(sandbox.charges()) == 1


def card_behaves(sandbox: Sandbox, card: str) -> None:
    """From now on the saved card acts as this test card."""
    [saved] = saved_cards(sandbox)
    url = f"{sandbox.url}/_sandbox/cards/{saved}"
    assert requests.post(url, json={"behaves_like": card}, timeout=30).status_code == 200


def link_in(text: str, customer: Customer) -> str:
    """The first address of the shop in a mail."""
    return next(word for word in text.split() if word.startswith(customer.address))


def pays_in_person(customer: Customer, mails: Mails, card: str = GOOD, *then: str) -> None:
    """Open the link of the last mail that asks for it, and pay."""
    customer.open(link_in(mails("Please confirm the payment")[-1].text, customer))
    assert customer.page.heading == "Pay £49.00 for your refill"
    customer.press("Pay now")
    customer.press("Pay £49.00", card=card)
    for button in then:
        customer.press(button)
    assert customer.page.heading.startswith("Paid")
