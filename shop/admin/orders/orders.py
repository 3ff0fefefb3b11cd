"""Orders for staff: the list, one order with all that happened to it, and packing it."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kits import clock
from kits.catalogue.plan_line import Marks, plan_line
from kits.errors import BadInput, SoldOut, WrongState
from kits.host import end_reads, session
from shop.admin import lists
from shop.admin.door import actor
from shop.orders import parcels
from shop.orders.find import order_by_number
from shop.orders.tables import AWAITING, CANCELLED, PAID, REFUNDED, SHIPPED
from shop.storefront.forms import ShipForm, Wrong, sentences, taken
from shop.storefront.orders import told

STATES = {
    AWAITING: "waiting for payment",
    PAID: "to pack",
    SHIPPED: "shipped",
    CANCELLED: "cancelled",
    REFUNDED: "refunded",
}
LARGEST_ID = 2**53


def orders() -> Response | str:
    """The newest orders; `?state=` picks some, `?before=` goes on, `?number=` leads to one."""
    if number := request.args.get("number", "").strip().upper():
        return redirect(url_for("refillery_admin.order", number=number), 303)
    state = request.args.get("state", "")
    state = state if state in STATES else ""
    found = lists.orders(session(), state=state, before=_before())
    page = found[: lists.A_PAGE]
    return render_template(
        "shop/admin/orders/orders.html",
        orders=page,
        more=page[-1].id if len(found) > len(page) else None,
        state=state,
        states=STATES,
    )


def order(number: str) -> str:
    """One order, its payments, its parcel."""
    return _page(number, {}, {})


def ship(number: str) -> Response | tuple[str, int]:
    """Take the order's stock from its lots and mark it shipped."""
    order_id = order_by_number(session(), number).id
    end_reads()
    try:
        read = taken(ShipForm, request.form)
        parcels.ship(order_id, tracking=read["tracking"], actor=actor(), now=clock.now())
    except (Wrong, BadInput) as error:
        return _page(number, request.form, sentences(error)), 422
    except (WrongState, SoldOut) as error:
        return _page(number, request.form, {"tracking": str(error)}), 409
    return redirect(url_for("refillery_admin.order", number=number), 303)


def _page(number: str, values: Any, errors: dict[str, str]) -> str:
    now = clock.now()
    current = session()
    found = order_by_number(current, number)
    marks = Marks(today=clock.today(now))
    return render_template(
        "shop/admin/orders/order.html",
        order=found,
        lines=[(line, plan_line(line.plan, marks)) for line in found.lines],
        told=told(found, now),
        money_rows=lists.money(current, found),
        movements=lists.movements(current, number),
        states=STATES,
        values=values,
        errors=errors,
    )


def _before() -> int | None:
    given = request.args.get("before", "")
    return min(int(given), LARGEST_ID) if given.isdecimal() and len(given) < 20 else None


ROUTES = (
    ("/orders", "orders", orders, ["GET"]),
    ("/orders/<number>", "order", order, ["GET"]),
    ("/orders/<number>/ship", "ship", ship, ["POST"]),
)
