"""The pages of prices for staff: looked over first, done once, undone in time; bad input changes nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from kits import clock, host
from kits.audit import AuditEntry
from kits.catalogue.first_kit import SLUG
from kits.catalogue.kits import kit_by_slug
from kits.catalogue.tables import Price
from subscriptions.prices.tables import PriceChange
from tests.bench.statements import counted
from tests.journeys.driving import Bought, Driver, days
from tests.journeys.mistakes import NUL, nothing_changed
from tests.servers.client import Visitor
from tests.shop.admin.conftest import Staff, words
from tests.subscriptions.prices.conftest import an_hour_later, told

PRICES = "/admin/prices"
PLANS, BUYERS = f"{PRICES}/{SLUG}/plans", f"{PRICES}/{SLUG}/buyers"


def day(ahead: int) -> str:
    return (clock.today(clock.now()) + days(ahead)).isoformat()


def plans_form(**typed: object) -> dict[str, object]:
    return {"amount": "52", "day": day(31), "submission": "f", "step": "announce", **typed}


def buyers_form(**typed: object) -> dict[str, object]:
    return {"kind": "refill", "amount": "52.50", "day": day(10), "submission": "f", "step": "set", **typed}


def refill_price(ahead: int = 0) -> int:
    found = kit_by_slug(host.session(), SLUG, clock.now() + timedelta(days=ahead)).refill_price.amount
    host.end_reads()
    return found


def ids(column: Any) -> list[int]:
    found = list(host.session().scalars(select(column).order_by(column)))
    host.end_reads()
    return found


def test_the_pages_are_for_staff_alone(client: Visitor, driver: Driver) -> None:
    for path in (PRICES, PLANS, BUYERS):
        assert "/admin/sign-in" in client.get(path).location
    for path in (PLANS, BUYERS, f"{PRICES}/changes/1/undo", f"{PRICES}/dated/1/take-back"):
        with nothing_changed():
            assert client.post(path, data={}).status_code in (303, 400)


def test_before_it_is_announced_the_page_says_whom_it_concerns_and_what_the_mail_says(
    staff: Staff, driver: Driver, bought: Bought
) -> None:
    driver.buy()
    said = words(staff.post(PLANS, page=PLANS, **plans_form(step="look")))
    for part in (
        "£52.00 a box from", "Plans that will pay more 2", "Plans that will pay less 0", "2 mails leave in an hour",
        "each refill costs £52.00 instead of £49.00", "Announce it",
    ):  # fmt: skip
        assert part in said
    assert ids(PriceChange.id) == []


def test_announced_twice_it_is_announced_once_and_can_be_undone_until_the_first_mail(
    staff: Staff, driver: Driver, bought: Bought
) -> None:
    for _ in range(2):
        assert staff.post(PLANS, page=PLANS, **plans_form()).location == f"{PRICES}?said=announced"
    [change] = ids(PriceChange.id)
    page = words(staff.get(PRICES))
    assert "1 to be written to" in page
    assert "Undo it" in page
    undo = f"{PRICES}/changes/{change}/undo"
    for _ in range(2):
        assert staff.post(undo, page=PRICES).location == f"{PRICES}?said=undone"
    assert "Undo it" not in words(staff.get(PRICES))
    staff.post(PLANS, page=PLANS, **plans_form(submission="g"))
    an_hour_later(driver)
    page = words(staff.get(PRICES))
    assert "1 told, from their day on" in page
    assert "Undo it" not in page
    answer = staff.post(f"{PRICES}/changes/{change + 1}/undo", page=PRICES)
    assert (answer.status_code, "first mail is written" in words(answer)) == (409, True)
    assert [row.state for row in told()] == ["undone", "accepted"]


BAD_PLANS = [
    *(("amount", value, "Give the price, like 49") for value in ("", "  ", "abc", "1.234", "-5", "9" * 20)),
    ("amount", NUL, "we cannot read"),
    ("amount", "0.29", "A card cannot pay less than £0.30"),
    ("amount", "100000.01", "Give a price from £0.01 to £100,000.00"),
    ("amount", "49", "There is nothing to announce"),
    *(("day", value, "Choose the day from which it holds") for value in ("", "soon", "2027-02-30", NUL)),
    *(("day", value, "Choose a day from today to a year ahead") for value in (-1, 366)),
    ("day", 29, "at least 30 days ahead"),
    *(("submission", value, "open for too long") for value in ("", "s" * 65)),
]


def test_what_cannot_be_announced_is_said_beside_its_field_and_changes_nothing(
    staff: Staff, driver: Driver, bought: Bought
) -> None:
    with nothing_changed():
        for field, value, sentence in BAD_PLANS:
            typed = day(value) if isinstance(value, int) else value
            answer = staff.post(PLANS, page=PLANS, **plans_form(**{field: typed}))
            assert (answer.status_code, sentence in words(answer)) == (422, True), (field, value, words(answer))
            assert f'href="#{field}"' in answer.text


BAD_PRICES = [
    *(("kind", value, "Choose what the price is for") for value in ("", "gift", "k" * 300)),
    ("kind", NUL, "we cannot read"),
    *(("amount", value, "Give the price, like 49") for value in ("", "abc", "1.234")),
    ("amount", "0.29", "A card cannot pay less"),
    ("amount", "100000.01", "Give a price from"),
    ("amount", "49", "It costs £49.00 then already"),
    *(("day", value, "Choose the day") for value in ("", "soon")),
    *(("day", value, "from today to a year ahead") for value in (-1, 366)),
    ("submission", "", "open for too long"),
]


def test_a_price_that_cannot_be_set_is_said_beside_its_field_and_changes_nothing(staff: Staff, driver: Driver) -> None:
    with nothing_changed():
        for field, value, sentence in BAD_PRICES:
            typed = day(value) if isinstance(value, int) else value
            answer = staff.post(BUYERS, page=BUYERS, **buyers_form(**{field: typed}))
            assert (answer.status_code, sentence in words(answer)) == (422, True), (field, value, words(answer))


def test_unknown_kits_changes_and_prices_are_not_found(staff: Staff, driver: Driver) -> None:
    with nothing_changed():
        for path in (f"{PRICES}/none/plans", f"{PRICES}/none/buyers", f"{PRICES}/%00/plans"):
            assert staff.get(path).status_code == 404
        assert staff.post(f"{PRICES}/none/plans", page=PRICES, **plans_form()).status_code == 404
        assert staff.post(f"{PRICES}/none/buyers", page=PRICES, **buyers_form()).status_code == 404
        assert staff.post(f"{PRICES}/changes/{2**70}/undo", page=PLANS).status_code == 404
        assert staff.post(f"{PRICES}/dated/{2**70}/take-back", page=PLANS).status_code == 404


def test_new_buyers_pay_the_price_of_the_day_and_a_plan_keeps_its_own(
    staff: Staff, driver: Driver, bought: Bought
) -> None:
    looked = staff.post(BUYERS, page=BUYERS, **buyers_form(step="look"))
    assert "Set the price" in words(looked)
    assert len(ids(Price.id)) == 3
    for _ in range(2):
        assert staff.post(BUYERS, page=BUYERS, **buyers_form()).location == f"{PRICES}?said=set"
    assert (refill_price(9), refill_price(11), len(ids(Price.id))) == (4900, 5250, 4)
    assert "£52.50 from" in words(staff.get(PRICES))
    assert staff.post(BUYERS, page=BUYERS, **buyers_form(submission="g", amount="53")).status_code == 422
    driver.travel(clock.now() + days(11))
    driver.buy()
    staff_page = words(staff.get(PRICES))
    assert "1 plan pays £49.00" in staff_page
    assert "1 plan pays £52.50" in staff_page


def test_a_price_is_taken_back_until_it_holds(staff: Staff, driver: Driver) -> None:
    staff.post(BUYERS, page=BUYERS, **buyers_form())
    price = ids(Price.id)[-1]
    path = f"{PRICES}/dated/{price}/take-back"
    assert staff.post(path, page=BUYERS).location == f"{PRICES}?said=taken-back"
    assert refill_price(11) == 4900
    now_holding = f"{PRICES}/dated/{ids(Price.id)[0]}/take-back"
    answer = staff.post(now_holding, page=BUYERS)
    assert (answer.status_code, "holds already" in words(answer)) == (409, True)
    actions = host.session().scalars(select(AuditEntry.action).where(AuditEntry.action.like("price.%"))).all()
    host.end_reads()
    assert actions == ["price.set", "price.taken_back"]


def test_a_price_from_today_holds_at_once(staff: Staff, driver: Driver) -> None:
    staff.post(BUYERS, page=BUYERS, **buyers_form(day=day(0)))
    assert refill_price() == 5250


def test_the_page_takes_as_many_statements_for_many_plans_as_for_one(
    staff: Staff, driver: Driver, bought: Bought
) -> None:
    def statements() -> int:
        with counted(host.engine()) as found:
            assert staff.get(PRICES).status_code == 200
        return len(found)

    first = statements()
    for _ in range(3):
        driver.buy()
    assert statements() == first


@pytest.mark.parametrize("page", [PLANS, BUYERS])
def test_a_form_without_its_token_does_nothing(page: str, staff: Staff, driver: Driver, bought: Bought) -> None:
    form = plans_form() if page == PLANS else buyers_form()
    with nothing_changed():
        assert staff.client.post(page, data=form).status_code == 400


def test_each_form_has_a_mark_of_its_own(staff: Staff, driver: Driver, bought: Bought) -> None:
    marks = {re.findall(r'name="submission" id="submission" value="([^"]+)"', staff.get(PLANS).text)[0] for _ in "ab"}
    assert len(marks) == 2
