"""The admin: today's work, orders, stock. HTTP only, for staff."""

from __future__ import annotations

from flask import Blueprint

PROBLEM = "shop/admin/problem.html"


def blueprint() -> Blueprint:
    """`/admin/…`, a fresh blueprint each time."""
    from shop.admin import (
        checking,
        disputes,
        events,
        mails,
        notices,
        orders,
        owner,
        receiving,
        reconciliation,
        returns,
        stock,
        today,
        watching,
    )
    from shop.admin.door import staff_only
    from shop.doors import guard
    from shop.storefront import errors
    from shop.templating import speak, template_folder

    made = Blueprint("refillery_admin", __name__, url_prefix="/admin", template_folder=template_folder())
    staff_only(made)
    rooms = (
        orders,
        stock,
        receiving,
        returns,
        disputes,
        events,
        reconciliation,
        mails,
        notices,
        owner,
        watching,
        checking,
    )
    for part in (today, *(part for room in rooms for part in room.PARTS)):
        for rule, endpoint, view, methods in part.ROUTES:
            made.add_url_rule(rule, endpoint, view, methods=methods)
    speak(made)
    errors.answer(made, PROBLEM)
    guard(made, refuse=errors.refusal(PROBLEM))
    return made
