"""The notice that changed: shown on GET with one box, kept once on POST; by the mail's link or through the order."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kits import clock, host
from shop.doors import guard
from shop.storefront.errors import answer, refusal
from shop.storefront.forms import UNTICKED, Form, Wrong, sentences, taken, tick
from shop.templating import speak, template_folder
from subscriptions.acknowledging import asking
from subscriptions.acknowledging.tables import PlanAcknowledgement

Answer = Response | str | tuple[str, int]


class ReadForm(Form):
    """The one box."""

    accepted = tick()


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
    return _answered(asking.of_plan(host.session(), token, subscription_id))


def _answered(row: PlanAcknowledgement) -> Answer:
    if request.method != "POST":
        return _page(row, {})
    try:
        if not taken(ReadForm, request.form)["accepted"]:
            raise Wrong({"accepted": UNTICKED})
    except Wrong as error:
        return _page(row, sentences(error)), 422
    row_id = row.id
    host.end_reads()
    asking.accept(row_id, actor="customer", now=clock.now())
    return redirect(url_for(str(request.endpoint), **(request.view_args or {})), 303)


def _page(row: PlanAcknowledgement, errors: dict[str, str]) -> str:
    return render_template("subscriptions/notice.html", row=row, plan=row.subscription, errors=errors)
