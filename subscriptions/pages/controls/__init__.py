"""The pages on which a customer logs sessions and changes a running plan, by their order's link."""

from __future__ import annotations

from flask import Blueprint

from shop.doors import guard
from shop.storefront.errors import answer, refusal
from shop.templating import speak, template_folder
from subscriptions.pages.controls import addresses, changes, sessions

PLAN = "/orders/<token>/refills/<int:subscription_id>"


def blueprint() -> Blueprint:
    """`/orders/<token>/refills/<id>/…`: `sessions[/<number>]`, `change[/<wish>]`, `address`."""
    made = Blueprint("refillery_controls", __name__, template_folder=template_folder("subscriptions"))
    guard(made, refuse=refusal())
    speak(made)
    answer(made)
    for path, endpoint, view, methods in (*sessions.ROUTES, *changes.ROUTES, *addresses.ROUTES):
        made.add_url_rule(f"{PLAN}{path}", endpoint, view, methods=methods)
    return made
