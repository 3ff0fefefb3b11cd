"""Placing an order: shipping, codes, agreements, two clicks, and how little is asked of the database."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from kits import clock, host
from kits.catalogue.session_plan import SessionPlan
from kits.catalogue.tables import Kit, Price
from kits.errors import BadInput
from shop.customers.tables import Customer
from shop.orders.basket import Wish
from shop.orders.checkout import Purchase, Seen, place
from shop.orders.tables import Acknowledgement, Agreement, Order
from shop.owner import pages
from shop.payments.hosted import release
from shop.payments.settle import settle_page
from shop.payments.tables import PaymentAttempt
from shop.selling import shipping
from shop.work.outbox import OutboxMail
from tests.bench.statements import counted
from tests.journeys.driving import Driver
from tests.journeys.shopping import rows
from tests.shop.selling.conftest import second_kit, uses

Place = Callable[..., Order]


def refused(purchase: Purchase, now: datetime) -> str:
    """The field at which it is refused, and that nothing was placed."""
    with pytest.raises(BadInput) as error:
        place(purchase, now=now)
    assert rows(Order) == 0
    return error.value.field


def test_it_goes_by_the_way_that_was_chosen_without_a_choice_by_the_cheapest(order: Place) -> None:
    with host.unit() as session:
        shipping.plant(session)
    assert (order().total_amount, order(shipping="express").total_amount) == (8900, 9295)


def test_a_way_or_a_country_that_is_not_there_is_refused(purchase: Purchase, now: datetime) -> None:
    assert refused(replace(purchase, shipping="owl"), now) == "shipping"
    assert refused(replace(purchase, address=replace(purchase.address, country="FR")), now) == "country"
    assert refused(replace(purchase, address=replace(purchase.address, postcode="12345")), now) == "postcode"


def test_a_code_takes_off_kits_alone_and_counts_its_use(
    order: Place, code: Callable[..., str], stocked: str, today: date
) -> None:
    code("TEN", percent=10)
    placed = order(wishes=(Wish(stocked, 3, 10, 4, today), Wish(stocked, 1)), discount=" ten ")
    assert [line.discount_amount for line in placed.lines] == [2670, 0]
    assert (placed.discount_code, placed.total_amount) == ("TEN", 3 * 8900 - 2670 + 5400)
    assert uses("TEN") == 1


@pytest.mark.parametrize("wish", [{"sessions": 10, "every_weeks": 4, "refills": True}, {}])
def test_a_code_touches_no_kit_with_refills_and_no_refill(
    purchase: Purchase, code: Callable[..., str], stocked: str, today: date, now: datetime, wish: dict[str, Any]
) -> None:
    code("TEN", percent=10)
    wishes = (Wish(stocked, 1, start=today if wish else None, **wish),)
    assert refused(replace(purchase, wishes=wishes, discount="TEN"), now) == "discount"
    assert uses("TEN") == 0


def test_two_buyers_of_a_code_of_one_use_are_one_winner(
    purchase: Purchase, code: Callable[..., str], stocked: str, today: date, now: datetime,
    at_once: Callable[..., list[Any]],
) -> None:  # fmt: skip
    code("ONCE", percent=10, most_uses=1)
    wishes = (Wish(stocked, 1, 10, 4, today),)
    each = [replace(purchase, wishes=wishes, discount="ONCE", email=f"b{n}@example.org") for n in range(4)]
    answers = at_once([lambda one=one: place(one, now=now) for one in each])
    assert sorted(type(answer).__name__ for answer in answers) == ["BadInput"] * 3 + ["int"]
    assert (uses("ONCE"), rows(Order)) == (1, 1)


def test_a_cancelled_order_gives_its_code_back_and_a_late_payment_takes_it_again(
    driver: Driver,
    purchase: Purchase,
    code: Callable[..., str],
    stocked: str,
    today: date,
    now: datetime,
) -> None:
    code("ONCE", percent=10, most_uses=1)
    mine = replace(purchase, wishes=(Wish(stocked, 1, 10, 4, today),), discount="ONCE")
    order_id = place(mine, now=now)
    url = driver.page(order_id)
    page = driver.pay(url)  # paid, and nobody has heard of it yet
    lost = let_go_unheard(order_id)
    assert (lost, uses("ONCE")) == ("cancelled", 0)
    settle_page(page, now=clock.now())
    assert (driver.state(order_id), uses("ONCE")) == ("paid", 1)


def test_a_late_payment_whose_code_another_has_used_up_goes_back(
    driver: Driver,
    purchase: Purchase,
    code: Callable[..., str],
    stocked: str,
    today: date,
    now: datetime,
) -> None:
    code("ONCE", percent=10, most_uses=1)
    mine = replace(purchase, wishes=(Wish(stocked, 1, 10, 4, today),), discount="ONCE")
    order_id = place(mine, now=now)
    page = driver.pay(driver.page(order_id))
    let_go_unheard(order_id)
    place(replace(mine, email="bob@example.org"), now=now)
    settle_page(page, now=clock.now())
    driver.work()
    assert (driver.state(order_id), uses("ONCE")) == ("cancelled", 1)
    assert [charge["refunded"] for charge in driver.sandbox.charges()] == [8010]
    [letter] = host.session().scalars(select(OutboxMail).where(OutboxMail.subject.contains("goes back to you")))
    assert ("discount code no longer held" in letter.text, "sold out" in letter.text) == (True, False)


def let_go_unheard(order_id: int) -> str:
    """Let the order go as if its page had been closed unpaid: what Stripe took arrives later."""
    with host.unit() as session:
        for attempt in session.scalars(select(PaymentAttempt)):
            attempt.state = "closed"
    return release.let_go(order_id, now=clock.now())


def test_what_is_agreed_to_is_kept_with_its_version_its_text_and_its_time(
    order: Place, now: datetime, today: date
) -> None:
    placed = order()
    kept = {each.kind: each for each in placed.agreements}
    for each in kept.values():
        assert (each.sha256, each.agreed_at) == (hashlib.sha256(each.text.encode()).hexdigest(), now)
    assert kept["terms"].version == pages.SHIPPED
    said = kept["refill_charges"].text
    for words in ("2 refills, £49.00 each", "£98.00 in all", "at least 7 days before", "You can end this at any time"):
        assert words in said
    for day in SessionPlan(10, 4, today).charge_days:
        assert f"{day.day} {day:%B %Y}" in said


def test_without_refills_nobody_agrees_to_later_charges(order: Place, stocked: str, today: date) -> None:
    assert [each.kind for each in order(wishes=(Wish(stocked, 1, 10, 4, today),)).agreements] == ["terms"]


def test_published_terms_are_kept_with_the_order_for_ever(order: Place, now: datetime) -> None:
    pages.publish("terms", "Terms", "Be kind to {trader_name}.", actor="test", now=now)
    [first] = [each for each in order().agreements if each.kind == "terms"]
    host.end_reads()
    pages.publish("terms", "Terms", "Be kinder.", actor="test", now=now)
    assert (first.version, first.text.strip()) == ("1", "Be kind to Refillery.")


def test_what_the_page_showed_must_be_what_holds(purchase: Purchase, now: datetime) -> None:
    with host.unit() as session:
        kit_id = session.scalars(select(Kit.id)).one()
        session.add(Price(kit_id=kit_id, kind="kit", amount=9500, currency="GBP", valid_from=now - timedelta(hours=1)))
    with pytest.raises(BadInput, match=r"£95\.00 is due today") as error:
        place(replace(purchase, seen=Seen(8900, 18700, "0")), now=now)
    assert (error.value.field, rows(Order)) == ("seen", 0)
    assert place(replace(purchase, seen=Seen(9500, 19300, "0")), now=now)


def test_kits_with_notices_of_their_own_are_acknowledged_each(purchase: Purchase, now: datetime, today: date) -> None:
    other = second_kit(now)
    wishes = (*purchase.wishes, Wish(other, 1, 10, 4, today))
    both = replace(purchase, wishes=wishes)
    assert refused(replace(both, notice_version="1"), now) == "version"
    assert refused(replace(both, notice_version={purchase.wishes[0].kit: "1"}), now) == "version"
    place(replace(both, notice_version={purchase.wishes[0].kit: "1", other: "2"}), now=now)
    assert sorted(host.session().scalars(select(Acknowledgement.version))) == ["1", "2"]


def test_the_same_form_again_is_the_same_order_whatever_is_in_it_by_now(purchase: Purchase, now: datetime) -> None:
    first = place(replace(purchase, submission="a-form"), now=now)
    changed = (
        replace(purchase, submission="a-form", name="Another"),
        replace(purchase, submission="a-form", wishes=()),
        replace(purchase, submission="a-form", shipping="owl"),
        replace(purchase, submission="a-form", email="nobody"),
        replace(purchase, submission="a-form", seen=Seen(1, 1, "0")),
    )
    assert {place(each, now=now) for each in changed} == {first}
    assert (rows(Order), rows(Agreement)) == (1, 3)


def test_many_clicks_at_once_are_one_order(
    purchase: Purchase, now: datetime, at_once: Callable[..., list[Any]]
) -> None:
    mine = replace(purchase, submission="a-form")
    assert len(set(at_once([lambda: place(mine, now=now)] * 5))) == 1
    assert rows(Order) == 1


def test_two_first_orders_of_one_person_at_once_are_one_customer(
    purchase: Purchase, now: datetime, at_once: Callable[..., list[Any]]
) -> None:
    assert len(set(at_once([lambda: place(purchase, now=now)] * 4))) == 4
    assert rows(Customer) == 1


def test_placing_takes_nine_statements(purchase: Purchase, now: datetime, engine_name: str) -> None:
    place(purchase, now=now)
    with counted(host.engine()) as statements:
        place(replace(purchase, email="bob@example.org", submission="a-form"), now=now)
    ours = [each for each in statements if not each.startswith(("BEGIN", "PRAGMA"))]
    assert len(ours) <= 9, "\n".join(ours)
