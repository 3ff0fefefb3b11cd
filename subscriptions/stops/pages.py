"""The plan behind a disputed payment on the admin's page: what was announced, and whether it goes on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from kits import clock, host
from kits.errors import BadInput
from shop.admin import PROBLEM
from shop.admin.door import actor, staff_only
from shop.doors import guard
from shop.payments.tables import Payment
from shop.storefront import errors
from shop.storefront.forms import Form, taken
from shop.storefront.forms import words as line
from shop.templating import speak, template_folder, words
from subscriptions.stops.deciding import decide
from subscriptions.stops.tables import BY_STAFF, ENDS, GOES_ON, BillingStop
from subscriptions.tables import ACTIVE, Refill, Subscription


class DecisionForm(Form):
    """What staff decide."""

    outcome = line()


def blueprint() -> Blueprint:
    """`/admin/stops/<id>`, for staff alone."""
    made = Blueprint(
        "refillery_stops", __name__, url_prefix="/admin/stops", template_folder=template_folder("subscriptions")
    )
    staff_only(made)
    made.post("/<int:stop_id>")(decided)
    speak(made)
    errors.answer(made, PROBLEM)
    guard(made, refuse=errors.refusal(PROBLEM))
    return made


def decided(stop_id: int) -> Response:
    """Let a plan's charges go on, or end the plan; back to the page of the payment."""
    outcome = taken(DecisionForm, request.form)["outcome"]
    if outcome not in (GOES_ON, ENDS):
        raise BadInput("outcome", "Choose whether the plan goes on or ends.")
    host.end_reads()
    decide(stop_id, outcome, actor=actor(), now=clock.now())
    payment_id = host.session().scalar(select(BillingStop.payment_id).where(BillingStop.id == stop_id))
    return redirect(url_for("refillery_admin.dispute", payment_id=payment_id), 303)


def dispute_section(payment: Payment, now: datetime) -> str:
    """The plans that this payment stopped, with the notices of their charges; empty without any."""
    stops = _stops_of(payment)
    if not stops:
        return ""
    return render_template("subscriptions/admin/stops.html", stops=stops, active=ACTIVE, **words())


def today_card(now: datetime) -> str:
    """How many running plans wait for a decision of staff; empty without any."""
    waiting = select(func.count(func.distinct(BillingStop.subscription_id))).where(
        BillingStop.ended_at.is_(None), BillingStop.cause.in_(BY_STAFF)
    )
    count = host.session().scalar(
        waiting.join(Subscription, Subscription.id == BillingStop.subscription_id).where(Subscription.state == ACTIVE)
    )
    return render_template("subscriptions/admin/stops_card.html", count=count, **words()) if count else ""


def _stops_of(payment: Payment) -> Sequence[BillingStop]:
    plan = joinedload(BillingStop.subscription)
    noticed = plan.selectinload(Subscription.refills).options(joinedload(Refill.notice), joinedload(Refill.order))
    rows = select(BillingStop).where(BillingStop.payment_id == payment.id).options(plan, noticed)
    return host.session().scalars(rows.order_by(BillingStop.id)).unique().all()
