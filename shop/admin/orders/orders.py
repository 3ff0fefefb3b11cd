"""Orders for staff: the list, one order with all that happened to it, and packing it."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kits import clock
from kits.catalogue.plan_line import Marks, plan_line
from kits.errors import BadInput, SoldOut, WrongState
from kits.host import end_reads, session
from kits.stock.moves.returns import with_customer
from kits.stock.moves.to_pack import waiting
from kits.stock.tables import Lot
from shop.admin import lists
from shop.admin.door import actor
from shop.admin.orders.forms import ParcelForm, an_id
from shop.orders import parcels
from shop.orders.find import order_by_number
from shop.orders.parcels.contents import contents
from shop.orders.tables import AWAITING, CANCELLED, PAID, REFUNDED, SHIPPED
from shop.papers.issuing import papers_of
from shop.payments.elsewhere import can_be_noted
from shop.returns.lists import STATES as RETURN_STATES
from shop.returns.lists import GivenBack
from shop.storefront.forms import Wrong, sentences, taken
from shop.storefront.orders import told

STATES = {
    AWAITING: "waiting for payment",
    PAID: "to pack",
    SHIPPED: "shipped",
    CANCELLED: "cancelled",
    REFUNDED: "refunded",
}


def orders() -> Response | str:
    """The newest orders; `?state=` picks some, `?before=` goes on, `?number=` leads to one."""
    if number := request.args.get("number", "").strip().upper():
        return redirect(url_for("refillery_admin.order", number=number), 303)
    state = request.args.get("state", "")
    state = state if state in STATES else ""
    found = lists.orders(session(), state=state, before=from_query("before"))
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
    """Send all that is left of the order in one parcel."""
    order_id = order_by_number(session(), number).id
    end_reads()
    try:
        read = taken(ParcelForm, request.form)
        parcels.ship(order_id, tracking=read["tracking"], actor=actor(), now=clock.now(), parcel=read["parcel"])
    except (Wrong, BadInput) as error:
        return _page(number, request.form, sentences(error)), 422
    except (WrongState, SoldOut) as error:
        return _page(number, request.form, {"tracking": str(error)}), 409
    return redirect(url_for("refillery_admin.order", number=number), 303)


def _page(number: str, values: Any, errors: dict[str, str]) -> str:
    now = clock.now()
    current = session()
    found = order_by_number(current, number)
    today = clock.today(now)
    return render_template(
        "shop/admin/orders/order.html",
        order=found,
        lines=[(line, None if line.loose else plan_line(line.plan, Marks(today=today))) for line in found.lines],
        told=told(found, now),
        money_rows=lists.money(current, found),
        movements=lists.movements(current, number),
        papers=papers_of(current, found.id),
        wait=waiting(current, [number], today)[number],
        parcel=parcels.next_number(found),
        contents=contents(current, found),
        returnable=_returnable(current, number),
        can_be_noted=can_be_noted(found),
        states=STATES,
        given_back=GivenBack.of(current, found, today),
        return_states=RETURN_STATES,
        values=values,
        errors=errors,
    )


def _returnable(current: Session, number: str) -> list[tuple[Lot, int]]:
    """The lots that are with the customer, and how many units of each."""
    units = with_customer(current, number)
    lots = current.scalars(select(Lot).where(Lot.id.in_(units)).order_by(Lot.id))
    return [(lot, units[lot.id]) for lot in lots]


def from_query(name: str) -> int | None:
    """The id that the address or the form carries under this name; None for what is none."""
    return an_id(request.values.get(name, ""))


ROUTES = (
    ("/orders", "orders", orders, ["GET"]),
    ("/orders/<number>", "order", order, ["GET"]),
    ("/orders/<number>/ship", "ship", ship, ["POST"]),
)
