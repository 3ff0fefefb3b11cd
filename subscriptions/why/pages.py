"""The pages: under the order's link for the customer, in the admin for support, with the ids beside each step."""

from __future__ import annotations

from flask import Blueprint, render_template

from kits import host
from shop.admin import PROBLEM
from shop.admin.door import staff_only
from shop.doors import guard
from shop.storefront.errors import answer, refusal
from shop.templating import speak, template_folder
from subscriptions.why import reading
from subscriptions.why.story import story


def blueprint() -> Blueprint:
    """`/orders/<token>/refills/<id>/<number>/why`."""
    made = Blueprint("refillery_why", __name__, template_folder=template_folder("subscriptions"))
    made.get("/orders/<token>/refills/<int:subscription_id>/<int:number>/why")(customer)
    guard(made, refuse=refusal())
    speak(made)
    answer(made)
    return made


def admin_blueprint() -> Blueprint:
    """`/admin/refills/<id>/why`, for staff alone."""
    made = Blueprint(
        "refillery_why_admin", __name__, url_prefix="/admin/refills", template_folder=template_folder("subscriptions")
    )
    staff_only(made)
    made.get("/<int:refill_id>/why")(support)
    speak(made)
    answer(made, PROBLEM)
    guard(made, refuse=refusal(PROBLEM))
    return made


def customer(token: str, subscription_id: int, number: int) -> str:
    """The story for whoever has the order's link; nobody need be signed in."""
    refill = reading.of_customer(host.session(), token, subscription_id, number)
    told = story(reading.rows_of(host.session(), refill))
    return render_template("subscriptions/why/customer.html", refill=refill, plan=refill.subscription, story=told)


def support(refill_id: int) -> str:
    """The same for support, with ids."""
    refill = reading.of_support(host.session(), refill_id)
    told = story(reading.rows_of(host.session(), refill))
    return render_template("subscriptions/why/support.html", refill=refill, plan=refill.subscription, story=told)
