"""What refills add to the shop's pages and to its API: registered by `Subscriptions(app)`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import render_template
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kits import host
from kits.clock import today
from kits.money import Money
from shop.customers.tables import Customer
from shop.orders.tables import Order
from shop.templating import words
from subscriptions import find
from subscriptions.acknowledging import asking, counting
from subscriptions.acknowledging.confirming import wants_a_yes
from subscriptions.calendar.address import address
from subscriptions.controls.again import again_url
from subscriptions.controls.pauses import held_by_customer
from subscriptions.law import confirming
from subscriptions.law.facts import of_contract
from subscriptions.law.regimes import regime
from subscriptions.links import plan_url
from subscriptions.pages.controls.sessions import Wear, wear
from subscriptions.pages.drawing import IN_WORDS, line_of
from subscriptions.pages.shown import of_plans
from subscriptions.plan.course import Step
from subscriptions.prices.told import coming
from subscriptions.tables import ACTIVE, ENDED, NEEDS_CUSTOMER, PAID, UNCLAIMED, WAITING, Refill, Subscription
from subscriptions.unsent import asking as unsent

TO_STAFF = {
    NEEDS_CUSTOMER: "waiting for the customer",
    PAID: "paid, not to be packed: the plan was held or ended, and the customer chooses whether it is sent or refunded",
}


def order_section(order: Order, now: datetime) -> str:
    """The refills of an order's plans, and how to end them; empty for an order without."""
    found = find.of_order(host.session(), order)
    return _rendered("subscriptions/order_section.html", found, now) if found else ""


def account_section(customer: Customer, now: datetime) -> str:
    """All of a customer's plans; empty without any."""
    found = find.of_customer(host.session(), customer.id)
    return _rendered("subscriptions/account_section.html", found, now) if found else ""


def api_refills(order: Order, now: datetime) -> list[dict[str, Any]]:
    """`[{"number", "needed_on", "charge_on", "state"}]` of the order's plans, in order."""
    return [_as_json(refill) for plan in find.of_order(host.session(), order) for refill in plan.refills]


def parcel_links(session: Session, order: Order) -> list[tuple[str, str]]:
    """Where the sessions of an order's running plans are logged, for the mails about its parcels."""
    plans = [plan for plan in find.of_order(session, order) if plan.state == ACTIVE]
    name = "To log your sessions" if len(plans) < 2 else "To log your sessions with the {}"
    return [(name.format(plan.line.title), plan_url("refillery_controls.sessions", plan)) for plan in plans]


def today_card(now: datetime) -> str:
    """The admin's card: refills that wait for stock or for their customer, and notices that wait to be confirmed."""
    counts = host.session().execute(
        select(Refill.state, func.count())
        .where(or_(Refill.state.in_((WAITING, NEEDS_CUSTOMER, "declined")), unsent.waiting()))
        .group_by(Refill.state)
        .order_by(Refill.state)
    )
    counted = [({**IN_WORDS, **TO_STAFF}[state], n) for state, n in counts]
    unread = counting.long_unanswered(host.session(), now)
    unconfirmed = confirming.late(host.session(), now)
    if not counted and not unread and not unconfirmed:
        return ""
    about = {"counts": counted, "unread": unread, "unconfirmed": unconfirmed}
    return render_template("subscriptions/today_card.html", **about, **words())


def _as_json(refill: Refill) -> dict[str, Any]:
    return {
        "number": refill.number,
        "needed_on": refill.needed_on.isoformat(),
        "charge_on": refill.charge_on.isoformat(),
        "state": refill.state,
    }


def _rendered(template: str, found: list[Subscription], now: datetime) -> str:
    plans = [(plan, line_of(plan, now), Money(plan.refill_amount, plan.currency) * plan.quantity) for plan in found]
    to_read, cards = asking.open_for(host.session(), found), of_plans(host.session(), found, now)
    contracts = {plan.id: of_contract(regime(plan.law), today(plan.made_at)) for plan in found}
    about = {"plans": plans, "to_read": to_read, "cards": cards, "contracts": contracts}
    about["calendars"] = {plan.id: address(plan) for plan in found}
    about["again"] = {plan.id: again_url(plan) for plan in found if plan.state == ENDED}
    about["new_prices"] = coming(host.session(), found)
    about["waits"] = {plan.id for plan in found if any(wants_a_yes(refill) for refill in plan.refills)}
    about["by_customer"] = {plan.id for plan in found if held_by_customer(plan)}
    about["logs"] = {plan.id: _log_of(plan, today(now)) for plan in found}
    return render_template(template, **about, in_words=IN_WORDS, unclaimed=UNCLAIMED, **words())


def _log_of(plan: Subscription, day: date) -> tuple[Step | None, date | None, Wear | None]:
    """The session to log now, the end of the plan's pause and its roller's wear."""
    course = plan.course_on(day)
    return course.to_log(day), plan.paused_until(day), wear(course, day)
