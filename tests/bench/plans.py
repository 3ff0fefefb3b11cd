"""Plans whose refills are due, bought through the real use cases."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta

import requests
from sqlalchemy import select

from kits import clock, host
from kits.catalogue.session_plan import SessionPlan
from kits.settings import timezone
from shop.customers.tables import Customer
from shop.orders.basket import Wish
from shop.orders.checkout import Address, Purchase, place
from shop.orders.tables import Order
from shop.payments.hosted.start import pay_in_person
from shop.payments.settle import settle_page
from shop.payments.tables import Payment, PaymentAttempt
from shop.registers import registers
from shop.work import duties
from shop.work.demo_clock import tell_sandbox
from tests.bench.visits import SLUG

HOME = Address("1 Road", "London", "SE1 6HA", "GB")


def buy(plans: int, sessions: int = 10) -> date:
    """That many customers buy a plan with refills; returns the day their first refill is charged."""
    start = clock.today(clock.now())
    for _ in range(plans):
        now = clock.now()
        wish = Wish(SLUG, 1, sessions, 4, start, refills=True)
        order_id = place(Purchase(f"{uuid.uuid4().hex}@example.org", "B. Ench", HOME, (wish,), "1", True), now=now)
        page = pay_in_person(order_id, now=now)
        requests.post(page, {"card": "4242424242424242"}, allow_redirects=False, timeout=30)
        settle_page(_page_id(order_id), now=now)
    return SessionPlan(sessions, 4, start).refill_needs[0] - timedelta(days=7)


def travel(day: date) -> None:
    """Let it become nine o'clock of `day`, and work what is due."""
    let_it_be(day)
    duties.run_once(registers().duties)


def some_card() -> tuple[str, str]:
    """A gateway's customer and their saved card."""
    query = select(Customer.stripe_customer, Payment.card).join(Order, Order.customer_id == Customer.id)
    customer, card = host.session().execute(query.join(Payment, Payment.order_id == Order.id)).tuples().first() or (
        "",
        "",
    )
    host.end_reads()
    return str(customer), str(card)


def let_it_be(day: date) -> None:
    """Move both clocks to nine o'clock of `day`; nothing is worked."""
    tell_sandbox(clock.move_to(datetime.combine(day, time(9), timezone())))


def _page_id(order_id: int) -> str:
    found = host.session().scalar(select(PaymentAttempt.session_id).where(PaymentAttempt.order_id == order_id))
    host.end_reads()
    return str(found)
