"""Ending a plan's refills: shown on GET, done once on POST."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from kits import clock, host
from shop.doors import guard
from shop.storefront.errors import answer, refusal
from shop.templating import speak, template_folder
from subscriptions import commands, find


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
    plan = find.by_link(host.session(), token, subscription_id)
    return render_template("subscriptions/end.html", plan=plan, token=token)


def end(token: str, subscription_id: int) -> Response:
    """End the refills and go back to the order."""
    plan_id = find.by_link(host.session(), token, subscription_id).id
    host.end_reads()
    commands.end(plan_id, actor="customer", now=clock.now())
    return redirect(url_for("refillery_storefront.order", token=token), 303)
