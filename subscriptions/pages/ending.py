"""Ending a plan's refills: shown on GET, done once on POST."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from kits import clock, host
from kits.errors import NotFound
from shop.doors import guard
from shop.orders.tables import Order
from shop.storefront.errors import answer, refusal
from shop.templating import speak, template_folder
from subscriptions import commands
from subscriptions.tables import Subscription


def blueprint() -> Blueprint:
    """`/orders/<token>/refills/<id>/end`."""
    made = Blueprint("refillery_refills", __name__, template_folder=template_folder("subscriptions"))
    guard(made, refuse=refusal())
    speak(made)
    answer(made)
    made.get("/orders/<token>/refills/<int:subscription_id>/end")(ask)
    made.post("/orders/<token>/refills/<int:subscription_id>/end")(end)
    return made


def ask(token: str, subscription_id: int) -> str:
    """What ending means, and the one button."""
    return render_template("subscriptions/end.html", plan=_mine(token, subscription_id), token=token)


def end(token: str, subscription_id: int) -> Response:
    """End the refills and go back to the order."""
    plan_id = _mine(token, subscription_id).id
    host.end_reads()
    commands.end(plan_id, actor="customer", now=clock.now())
    return redirect(url_for("refillery_storefront.order", token=token), 303)


def _mine(token: str, subscription_id: int) -> Subscription:
    """The plan, if this order's link may see it; raises NotFound."""
    found = host.session().scalars(
        select(Subscription)
        .join(Order, Order.id == Subscription.order_id)
        .where(Order.token == token, Subscription.id == subscription_id)
    )
    plan = found.first()
    if plan is None:
        raise NotFound("There is no such plan. Check the link in your mail.")
    return plan
