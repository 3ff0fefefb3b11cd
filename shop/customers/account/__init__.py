"""The customer's account: orders, plans, cards, addresses, their data, and leaving for good. HTTP only."""

from __future__ import annotations

from flask import Blueprint


def blueprint() -> Blueprint:
    """`/account/` and what stands beneath it, but for the door."""
    from shop.customers.account import addresses, home, personal
    from shop.doors import guard
    from shop.storefront.errors import answer, refusal
    from shop.templating import speak, template_folder

    made = Blueprint("refillery_account", __name__, url_prefix="/account", template_folder=template_folder())
    for part in (home, addresses, personal):
        for rule, endpoint, view, methods in part.ROUTES:
            made.add_url_rule(rule, endpoint, view, methods=methods)
    guard(made, refuse=refusal())
    speak(made)
    answer(made)
    return made
