"""Saying that a parcel has arrived, and taking it back."""

from __future__ import annotations

from flask import redirect, url_for
from werkzeug.wrappers import Response

from kits import clock
from kits.host import end_reads, session
from shop.admin.door import actor
from shop.orders import parcels
from shop.orders.find import order_by_number


def delivered(number: str, parcel: int) -> Response:
    """It has arrived; its customer gets a mail."""
    parcels.deliver(_id_of(number), parcel, actor=actor(), now=clock.now())
    return _back(number, parcel)


def not_delivered(number: str, parcel: int) -> Response:
    """It was said by mistake."""
    parcels.not_delivered(_id_of(number), parcel, actor=actor(), now=clock.now())
    return _back(number, parcel)


def _id_of(number: str) -> int:
    found = order_by_number(session(), number).id
    end_reads()
    return found


def _back(number: str, parcel: int) -> Response:
    return redirect(url_for("refillery_admin.order", number=number, _anchor=f"parcel-{parcel}"), 303)


_IN = "/orders/<number>/parcels/<int:parcel>"
ROUTES = (
    (f"{_IN}/delivered", "delivered", delivered, ["POST"]),
    (f"{_IN}/not-delivered", "not_delivered", not_delivered, ["POST"]),
)
