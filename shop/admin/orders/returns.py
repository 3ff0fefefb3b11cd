"""Booking what a customer sends back, lot by lot. Stock only: money goes back another way."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kits import clock
from kits.errors import BadInput
from kits.host import end_reads, session
from kits.stock.ledger import Cause
from kits.stock.moves.returns import take_back, with_customer
from kits.stock.tables import Lot
from shop.admin.door import actor
from shop.admin.orders import forms
from shop.orders.find import order_by_number
from shop.storefront.forms import Wrong, sentences, taken

WHATS = (
    ("inspect", "Into quarantine, to be looked at"),
    ("restock", "Back into use: unopened and undamaged"),
    ("discard", "Thrown away"),
)


def send_back(number: str, lot: str) -> str:
    """The form for one lot of an order."""
    return _page(number, _lot_id(lot), {"units": 1, "submission": secrets.token_urlsafe(16)}, {})


def sent_back(number: str, lot: str) -> Response | tuple[str, int]:
    """Book it."""
    lot_id = _lot_id(lot)
    order_by_number(session(), number)
    end_reads()
    try:
        read = taken(forms.ReturnForm, request.form)
        key = f"return-{number}-{read['submission'][: forms.LONGEST_MARK]}" if read["submission"] else None
        take_back(
            lot_id,
            read["units"],
            read["what"],
            Cause(actor(), clock.now(), read["reason"].strip(), order_number=number, key=key),
        )
    except (Wrong, BadInput) as error:
        return _page(number, lot_id, request.form, sentences(error)), 422
    return redirect(url_for("refillery_admin.order", number=number, _anchor="with-customer"), 303)


def _lot_id(text: str) -> int:
    found = forms.an_id(text)
    if found is None:
        abort(404)
    return found


def _page(number: str, lot_id: int, values: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    current = session()
    order = order_by_number(current, number)
    most = with_customer(current, number).get(lot_id, 0)
    lot = current.get(Lot, lot_id) if most or errors else None
    if lot is None:
        abort(404)
    return render_template(
        "shop/admin/orders/return.html", order=order, lot=lot, most=most, whats=WHATS, values=values, errors=errors
    )


ROUTES = (
    ("/orders/<number>/returns/<lot>", "send_back", send_back, ["GET"]),
    ("/orders/<number>/returns/<lot>", "sent_back", sent_back, ["POST"]),
)
