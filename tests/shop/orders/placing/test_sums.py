"""An order's money: its lines, shipping and VAT are its total, and what Stripe is asked for, to the minor unit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from kits import host
from kits.catalogue.kits import PricedKit
from kits.catalogue.offered import OfferedItem, OfferedKit, OfferedPart
from kits.catalogue.session_plan import PlanLimits, SessionPlan
from kits.catalogue.tables import Item
from kits.errors import BadInput
from kits.money import Money
from kits.stock.promises.reservations import Demand
from shop.orders.basket import PricedLine, Wish
from shop.orders.placing.due import check_payable, reckon
from shop.orders.repeat import place_refill
from shop.orders.tables import Order, OrderLine
from shop.owner.facts import Facts
from shop.owner.pages import PageText
from shop.payments.attempts import bill_lines
from shop.selling import shipping
from shop.selling.rules import Rules
from shop.selling.shipping import Method, Zone
from shop.selling.totals import Discount
from tests.shop.selling.conftest import a_zone

Place = Callable[..., Order]
pence = st.integers(1, 50_000)
DAY = date(2027, 1, 4)


def offer(price: int, refill: int, loose: int) -> PricedKit:
    serum = OfferedItem(1, "SERUM", "Serum", 180, 100, True, None, None)
    words = ("kit", "Kit", "", "", 250, "", "", "")
    kit = OfferedKit(1, *words, PlanLimits(6, 10, 2, 4), (OfferedPart(1, 1, 1, serum),))
    return PricedKit(kit, *(Money(each, "GBP") for each in (price, refill, loose)))


def line(price: int, refill: int, loose: int, quantity: int, kind: str) -> PricedLine:
    plan = None if kind == "loose" else SessionPlan(10, 4, DAY)
    return PricedLine(offer(price, refill, loose), plan, quantity, kind == "refills", DAY)


def ruling(post: int, rate: int | None) -> Rules:
    facts = Facts(vat_number="GB1" if rate is not None else "", vat_permille=rate or 0)
    zone = Zone("Home", ("GB",), (Method("post", "Post", ((10**6, post),)),))
    return Rules(facts, (zone,), PageText("terms", "Terms", "Text", "1", ""))


some_lines = st.lists(
    st.builds(line, pence, pence, pence, st.integers(1, 10), st.sampled_from(["alone", "refills", "loose"])),
    min_size=1, max_size=5,
)  # fmt: skip
some_discount = st.one_of(
    st.none(),
    st.integers(1, 100).map(lambda percent: Discount("CODE", percent=percent)),
    pence.map(lambda amount: Discount("CODE", amount=amount)),
)


@given(some_lines, st.integers(0, 2000), some_discount, st.one_of(st.none(), st.integers(0, 300)))
def test_lines_and_shipping_are_the_total_and_what_stripe_is_asked_for(
    lines: list[PricedLine], post: int, discount: Discount | None, rate: int | None
) -> None:
    try:
        due = reckon(lines, ruling(post, rate), country="GB", discount=discount)
    except BadInput:
        assert discount
        assert all(each.refills or each.loose for each in lines)
        return
    kept = [
        OrderLine(
            start=None if each.loose else DAY, quantity=each.quantity, unit_amount=each.unit.amount,
            discount_amount=total.discount, vat_amount=total.vat,
        )
        for each, total in zip(lines, due.totals.lines, strict=True)
    ]  # fmt: skip
    order = Order(kind="kit", shipping_amount=due.way.amount, lines=kept)
    asked = list(bill_lines(order))
    assert sum(each.unit * each.quantity for each in asked) == due.total.amount
    assert sum(each.unit_amount * each.quantity - each.discount_amount for each in kept) + post == due.total.amount
    assert sum(each.vat_amount for each in kept) + due.totals.shipping_vat == due.totals.vat
    assert due.totals.net + due.totals.vat == due.total.amount
    assert due.plan_total.amount == due.total.amount + sum(each.refills_total.amount for each in lines)
    untouched = [each.refills or each.loose for each in lines]
    assert not any(total.discount for total, full in zip(due.totals.lines, untouched, strict=True) if full)


def test_an_order_keeps_its_vat_of_every_line_and_of_shipping(
    registered: None, order: Place, purchase: object, stocked: str, today: date
) -> None:
    with host.unit() as session:
        shipping.plant(session)
    placed = order(wishes=(Wish(stocked, 1, 6, 2, today), Wish(stocked, 3)), shipping="express")
    assert [each.vat_amount for each in placed.lines] == [1483, 2700]
    assert (placed.shipping_amount, placed.shipping_vat, placed.shipping_method) == (395, 66, "Next working day")
    assert (placed.total_amount, placed.vat_amount, placed.vat_permille) == (8900 + 16200 + 395, 1483 + 2700 + 66, 200)


def test_a_shop_that_is_not_registered_charges_no_vat(order: Place) -> None:
    placed = order()
    assert (placed.vat_permille, placed.vat_amount, placed.lines[0].vat_amount) == (None, 0, 0)


def test_what_a_card_cannot_pay_is_refused_and_nothing_due_with_refills_to_follow_in_any_case() -> None:
    def tried(price: int, kind: str, **code: int) -> str:
        discount = Discount("CODE", **code) if code else None
        with pytest.raises(BadInput) as refused:
            check_payable(reckon([line(price, 100, 100, 1, kind)], ruling(0, 200), country="GB", discount=discount))
        return f"{refused.value.field}: {refused.value.message}"

    assert tried(8900, "alone", percent=100).startswith("discount: £0.00 would be due, but a card cannot pay less")
    assert tried(8900, "alone", amount=8871).startswith("discount: £0.29 would be due")
    assert tried(29, "alone").startswith("lines: £0.29 would be due")
    assert "refills would follow" in tried(0, "refills")
    check_payable(reckon([line(30, 1, 1, 1, "refills")], ruling(0, None), country="GB"))


def test_a_refill_goes_by_the_cheapest_way_that_takes_its_weight(order: Place, now: datetime, today: date) -> None:
    first_id = order().id
    host.end_reads()
    with host.unit() as session:
        a_zone(session, "Home", ["GB"], pigeon=[(100, 0)], post=[(5000, 300)], courier=[(5000, 900)])
        first = session.get_one(Order, first_id)
        serum = session.scalars(select(Item).where(Item.sku == "SERUM-3M")).one()
        needs = [Demand(serum.id, 1, today)]
        sent = {"number": 1, "quantity": 1, "unit_amount": 4900, "serves_until": today}
        placed = place_refill(session, first.lines[0], **sent, demands=needs, now=now)
        assert placed.shipping_method == "Post"


def test_a_refill_order_has_the_vat_of_the_day_it_is_charged(
    registered: None, order: Place, now: datetime, today: date
) -> None:
    first_id = order().id
    host.end_reads()
    with host.unit() as session:
        first = session.get_one(Order, first_id)
        sent = {"number": 1, "quantity": 1, "unit_amount": 4900, "serves_until": today}
        placed = place_refill(session, first.lines[0], **sent, demands=[], now=now)
        assert (placed.total_amount, placed.vat_permille, placed.vat_amount) == (4900, 200, 817)
        assert (placed.shipping_amount, placed.shipping_method) == (0, "Tracked, 2 to 3 working days")
        assert placed.lines[0].vat_amount == 817
