"""Holding a plan, behind the one link of each advance notice: shown on GET, done once on POST, no reason asked.

And what becomes of a refill that was paid before and has not left: two choices.
"""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kits import clock, host
from shop.doors import guard
from shop.storefront.errors import answer, refusal
from shop.templating import speak, template_folder
from subscriptions import find
from subscriptions.controls import pauses
from subscriptions.unsent import asking, choosing

CHOICES = {"send": choosing.send, "refund": choosing.refund}
CHOOSE = "Choose one of the two: send it, or refund it."
_PLAN = "/orders/<token>/refills/<int:subscription_id>"


def blueprint() -> Blueprint:
    """`/orders/<token>/refills/<id>/hold`; the way back is the page of the notice."""
    made = Blueprint("refillery_holding", __name__, template_folder=template_folder("subscriptions"))
    guard(made, refuse=refusal())
    speak(made)
    answer(made)
    made.add_url_rule(f"{_PLAN}/hold", "hold", hold, methods=["GET"])
    made.add_url_rule(f"{_PLAN}/hold", "held", held, methods=["POST"])
    made.add_url_rule(f"{_PLAN}/box/<int:number>", "box", box, methods=["GET"])
    made.add_url_rule(f"{_PLAN}/box/<int:number>", "chosen", chosen, methods=["POST"])
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


def box(token: str, subscription_id: int, number: int) -> str:
    """A refill that was paid, and whether it is sent or refunded."""
    return _box(token, subscription_id, number, {})


def chosen(token: str, subscription_id: int, number: int) -> Response | tuple[str, int]:
    """Do what they chose, once, and show it."""
    choice = CHOICES.get(request.form.get("choice", ""))
    if choice is None:
        return _box(token, subscription_id, number, {"choice": CHOOSE}), 422
    plan_id = find.by_link(host.session(), token, subscription_id).id
    choosing.find(host.session(), plan_id, number)
    host.end_reads()
    choice(plan_id, number, actor="customer", now=clock.now())
    shown = url_for("refillery_holding.box", token=token, subscription_id=subscription_id, number=number)
    return redirect(shown, 303)


def _box(token: str, subscription_id: int, number: int, errors: dict[str, str]) -> str:
    plan = find.by_link(host.session(), token, subscription_id)
    refill = choosing.find(host.session(), plan.id, number)
    about = {"plan": plan, "refill": refill, "waits": asking.waits(refill), "token": token}
    return render_template("subscriptions/box.html", **about, errors=errors)
