"""What a plan's customer is told of a new price: old and new, from which charge on, the plan's total, how to end it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kits.money import Money
from shop.links import external, order_url
from shop.work.letters import letter
from shop.work.outbox import Letter
from subscriptions.prices.tables import PlanPrice
from subscriptions.tables import CANCELLED, DROPPED, SCHEDULED, Refill, Subscription


def first_refill(plan: Subscription, from_day: date, today: date) -> Refill | None:
    """The plan's first refill whose notice is written on or after a day, as it stands today; None without one."""
    return next(iter(_named(plan, from_day, today)), None)


def written(row: PlanPrice, today: date) -> Letter:
    """The mail about a plan's new price; the plan has a refill that it concerns."""
    plan = row.subscription
    old, new = (Money(amount, plan.currency) * plan.quantity for amount in (row.old_amount, row.new_amount))
    about = {
        "row": row,
        "plan": plan,
        "old": old,
        "new": new,
        "first": first_refill(plan, row.from_day, today),
        "before": total(plan, row, (), today),
        "after": total(plan, row, _named(plan, row.from_day, today), today),
        "boxes": plan.quantity,
        "url": order_url(plan.order.token),
        "end_url": external("refillery_refills.ask", token=plan.order.token, subscription_id=plan.id or 0),
    }
    return letter(_subject(row), "subscriptions/mails/price_change", **about)


def total(plan: Subscription, row: PlanPrice, named: Sequence[Refill], today: date) -> Money:
    """What the whole plan costs, its kit included, when the refills in `named` take the new price."""
    costs = plan.line.unit_amount * plan.quantity
    for refill in plan.refills:
        if refill.order is not None and refill.state not in (CANCELLED, DROPPED):
            costs += refill.order.total_amount
        elif refill.state not in (CANCELLED, DROPPED):
            costs += (row.new_amount if refill in named else refill.notice_unit or row.old_amount) * plan.quantity
    return Money(costs, plan.currency)


def _named(plan: Subscription, from_day: date, today: date) -> list[Refill]:
    """The refills whose notice will name the new price: those that are written from that day on."""
    to_come = [refill for refill in plan.refills if refill.state == SCHEDULED and refill.notice_id is None]
    return [refill for refill in to_come if max(refill.notice_on, today) >= from_day]


def _subject(row: PlanPrice) -> str:
    if row.new_amount == row.old_amount:
        return "The price of your refills stays as it is"
    return f"Your refills will cost {'more' if row.rises else 'less'}"
