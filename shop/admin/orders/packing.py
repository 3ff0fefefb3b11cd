"""The packing list: every paid order with the lots it is packed from, and the walk along the shelf for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kits import clock
from kits.host import end_reads, session
from kits.stock.moves.to_pack import Waiting, waiting
from kits.stock.tables import Lot
from shop.admin import lists
from shop.admin.door import actor
from shop.admin.orders.orders import from_query
from shop.orders import parcels
from shop.orders.parcels import Refused


@dataclass
class Stop:
    """A place on the walk along the shelf: so many units of a lot, for these orders."""

    lot: Lot
    units: int = 0
    numbers: list[str] = field(default_factory=list)


def packing() -> str:
    """A page of the list; `?after=` goes on."""
    return _page([])


def set_aside() -> Response | tuple[str, int]:
    """Set lots aside for the orders that the form names; those it could not be done for are told by number."""
    ids = lists.ids_of(session(), request.form.getlist("order")[: lists.A_PAGE])
    end_reads()
    refused = parcels.start_packing(ids, actor=actor(), now=clock.now())
    if refused:
        return _page(refused), 409
    return redirect(url_for("refillery_admin.packing", after=from_query("after")), 303)


def walk(orders: Mapping[str, Waiting]) -> list[Stop]:
    """What is set aside for all of these orders, a stop a lot, by item and then by expiry."""
    stops: dict[int, Stop] = {}
    for number, order in orders.items():
        for row in order.set_aside:
            stop = stops.setdefault(row.lot.id, Stop(row.lot))
            stop.units += row.units
            stop.numbers.append(number)
    return sorted(stops.values(), key=lambda stop: (stop.lot.item.sku, stop.lot.expires_on, stop.lot.id))


def _page(refused: Sequence[Refused]) -> str:
    today = clock.today(clock.now())
    current = session()
    found = lists.to_pack(current, after=from_query("after"), most=lists.A_PAGE + 1)
    orders = found[: lists.A_PAGE]
    wait = waiting(current, [order.number for order in orders], today)
    return render_template(
        "shop/admin/orders/packing.html",
        orders=[(order, wait[order.number]) for order in orders],
        stops=walk(wait),
        not_yet=[order.number for order in orders if wait[order.number].not_yet],
        waiting=lists.count_to_pack(current),
        after=from_query("after"),
        more=orders[-1].id if len(found) > len(orders) else None,
        refused=refused,
        today=today,
    )


ROUTES = (
    ("/packing", "packing", packing, ["GET"]),
    ("/packing", "set_aside", set_aside, ["POST"]),
)
