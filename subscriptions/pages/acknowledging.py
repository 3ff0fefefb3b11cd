"""The notice in force with its one box: shown on GET, kept once on POST; by the mail's link or through the order.

One page for whoever is asked to read a newer notice, to say yes to a charge, or wants a held plan to go on.
"""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kits import clock, host
from kits.errors import NotFound, WrongState
from shop.doors import guard
from shop.storefront.errors import answer, refusal
from shop.storefront.forms import UNTICKED, Form, Wrong, sentences, taken, tick, words
from shop.templating import speak, template_folder
from subscriptions import find
from subscriptions.acknowledging import asking, confirming
from subscriptions.tables import ACTIVE, Subscription

Answer = Response | str | tuple[str, int]


class ReadForm(Form):
    """The one box, and which version stood above it."""

    accepted = tick()
    version = words()


def blueprint() -> Blueprint:
    """`/notices/<token>` for the mail's link, `/orders/<token>/refills/<id>/notice` for who comes from the order."""
    made = Blueprint("refillery_acknowledging", __name__, template_folder=template_folder("subscriptions"))
    guard(made, refuse=refusal())
    speak(made)
    answer(made)
    made.add_url_rule("/notices/<token>", "by_mail", by_mail, methods=["GET", "POST"])
    made.add_url_rule(
        "/orders/<token>/refills/<int:subscription_id>/notice", "of_plan", of_plan, methods=["GET", "POST"]
    )
    return made


def by_mail(token: str) -> Answer:
    """The page behind the link in a mail; nobody need be signed in."""
    return _answered(asking.by_token(host.session(), token))


def of_plan(token: str, subscription_id: int) -> Answer:
    """The same page, for whoever has the order's link."""
    return _answered(find.by_link(host.session(), token, subscription_id))


def _answered(plan: Subscription) -> Answer:
    if request.method != "POST":
        return _page(plan, {})
    try:
        given = taken(ReadForm, request.form)
        if not given["accepted"]:
            raise Wrong({"accepted": UNTICKED})
    except Wrong as error:
        return _page(plan, sentences(error)), 422
    return _confirmed(plan, given["version"])


def _confirmed(plan: Subscription, version: str) -> Answer:
    plan_id, runs = plan.id, plan.state == ACTIVE
    host.end_reads()
    try:
        if runs:
            confirming.confirm(plan_id, version, actor="customer", now=clock.now())
    except WrongState as error:
        return _page(host.session().get_one(Subscription, plan_id), {"accepted": str(error)}), 409
    return redirect(url_for(str(request.endpoint), **(request.view_args or {})), 303)


def _page(plan: Subscription, errors: dict[str, str]) -> str:
    asks = confirming.asking(host.session(), plan, clock.now())
    if not asks.wanted and not asks.kept and plan.state == ACTIVE:
        raise NotFound(asking.NOTHING)
    return render_template("subscriptions/notice.html", asks=asks, plan=plan, errors=errors)
