"""Noting that an order was paid another way than on Stripe: by bank transfer, at a card terminal, in cash."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kits import clock
from kits.errors import BadInput, Busy, WrongState
from kits.host import end_reads, session
from shop.admin.door import actor
from shop.admin.orders.forms import PaidElsewhereForm
from shop.orders.find import order_by_number
from shop.payments.elsewhere import Came, can_be_noted, mark_paid
from shop.payments.gateway.contract import GatewayError
from shop.payments.means import MEANS
from shop.storefront.forms import Wrong, sentences, taken

AT_STRIPE = "It turned out to be paid on Stripe. That payment is settled, and nothing else was noted."


def paid_elsewhere(number: str) -> str:
    """What is due, and what is done once it is noted as paid."""
    return _page(number, {}, {})


def paid_elsewhere_noted(number: str) -> Response | tuple[str, int]:
    """Note it, once."""
    order_id = order_by_number(session(), number).id
    end_reads()
    try:
        read = taken(PaidElsewhereForm, request.form)
        if not mark_paid(order_id, Came(**read), actor=actor(), now=clock.now()):
            return _page(number, request.form, {"means": AT_STRIPE}), 409
    except (Wrong, BadInput) as error:
        end_reads()
        return _page(number, request.form, sentences(error)), 422
    except (WrongState, Busy, GatewayError) as error:
        end_reads()
        return _page(number, request.form, {"means": str(error)}), 409
    return redirect(url_for("refillery_admin.order", number=number, _anchor="money"), 303)


def _page(number: str, values: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    order = order_by_number(session(), number)
    return render_template(
        "shop/admin/orders/elsewhere.html",
        order=order,
        open=can_be_noted(order),
        means=[(code, text.capitalize()) for code, text in MEANS.items()],
        values={"means": "", "reference": "", "reason": "", **values},
        errors=errors,
    )


ROUTES = (
    ("/orders/<number>/paid-elsewhere", "paid_elsewhere", paid_elsewhere, ["GET"]),
    ("/orders/<number>/paid-elsewhere", "paid_elsewhere_noted", paid_elsewhere_noted, ["POST"]),
)
