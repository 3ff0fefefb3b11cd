"""An order's papers for staff: its invoice and credit notes, the slip that goes into the box."""

from __future__ import annotations

from flask import Response, request

from kits import clock
from kits.host import session
from shop.admin.orders.forms import an_id
from shop.orders.find import order_by_number
from shop.papers import pages
from shop.papers.slips import packing_slip


def invoice(number: str) -> Response:
    """The invoice as PDF."""
    return pages.invoice_of(order_by_number(session(), number))


def credit_note(number: str, note: int) -> Response:
    """A credit note of the order as PDF, by its number."""
    return pages.credit_note(order_by_number(session(), number).token, note)


def slip(number: str) -> Response:
    """The packing slip as PDF; `?parcel=` names one that was sent."""
    order = order_by_number(session(), number)
    parcel = an_id(request.args["parcel"]) or 0 if "parcel" in request.args else None
    made = packing_slip(session(), order, parcel, now=clock.now())
    return pages.pdf(made, f"packing-slip-{order.number}")


ROUTES = (
    ("/orders/<number>/invoice.pdf", "invoice", invoice, ["GET"]),
    ("/orders/<number>/credit-notes/<int:note>.pdf", "credit_note", credit_note, ["GET"]),
    ("/orders/<number>/packing-slip.pdf", "slip", slip, ["GET"]),
)
