"""Holding a plan, behind the one link of each advance notice: shown on GET, done once on POST, no reason asked."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from kits import clock, host
from shop.doors import guard
from shop.storefront.errors import answer, refusal
from shop.templating import speak, template_folder
from subscriptions import find
from subscriptions.controls import pauses

_PLAN = "/orders/<token>/refills/<int:subscription_id>"


def blueprint() -> Blueprint:
    """`/orders/<token>/refills/<id>/hold`; the way back is the page of the notice."""
    made = Blueprint("refillery_holding", __name__, template_folder=template_folder("subscriptions"))
    guard(made, refuse=refusal())
    speak(made)
    answer(made)
    made.add_url_rule(f"{_PLAN}/hold", "hold", hold, methods=["GET"])
    made.add_url_rule(f"{_PLAN}/hold", "held", held, methods=["POST"])
    return made


def hold(token: str, subscription_id: int) -> str:
    """What a hold does, and the one button; of a plan that is held, the way back."""
    plan = find.by_link(host.session(), token, subscription_id)
    return render_template("subscriptions/hold.html", plan=plan, held=pauses.held_by_customer(plan), token=token)


def held(token: str, subscription_id: int) -> Response:
    """Hold the plan, and show that it is."""
    plan_id = find.by_link(host.session(), token, subscription_id).id
    host.end_reads()
    pauses.hold(plan_id, actor="customer", now=clock.now())
    return redirect(url_for("refillery_holding.hold", token=token, subscription_id=subscription_id), 303)
