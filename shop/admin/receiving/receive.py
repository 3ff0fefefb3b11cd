"""Booking what arrives."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kits import clock
from kits.errors import BadInput, NotFound
from kits.host import end_reads, session
from kits.stock.ledger import Cause
from kits.stock.moves import receiving
from kits.stock.moves.receiving import Delivery
from shop.admin.door import actor
from shop.admin.stock import lists
from shop.storefront.forms import ReceiveForm, Wrong, sentences, taken


def receive() -> str:
    """The form; after a delivery it says what is on hand now."""
    return _page({"sku": request.args.get("sku", "")}, {})


def book() -> Response | tuple[str, int]:
    """Book a delivery."""
    try:
        read = taken(ReceiveForm, request.form)
        receiving.receive(
            Delivery(read["sku"], read["lot"], read["quantity"], read["expires"]), Cause(actor(), clock.now())
        )
    except (Wrong, BadInput) as error:
        return _refused(sentences(error))
    except NotFound as error:
        return _refused({"sku": str(error)})
    return redirect(url_for("refillery_admin.receive", sku=read["sku"], booked=read["quantity"]), 303)


def _refused(errors: dict[str, str]) -> tuple[str, int]:
    end_reads()
    return _page(request.form, errors), 422


def _page(values: Any, errors: dict[str, str]) -> str:
    sku, today = values.get("sku", ""), clock.today(clock.now())
    known = lists.items(session())
    booked = request.args.get("booked", "") if sku in dict(known) else ""
    return render_template(
        "shop/admin/receiving/receive.html",
        items=known,
        values=values,
        errors=errors,
        booked=booked if booked.isdecimal() and len(booked) <= 7 else "",
        on_hand=lists.on_hand(session(), sku, today) if booked else 0,
    )


ROUTES = (
    ("/receive", "receive", receive, ["GET"]),
    ("/receive", "book", book, ["POST"]),
)
