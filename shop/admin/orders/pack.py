"""Packing one order: each scan is checked against what is set aside, then the parcel leaves, whole or in part."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kits import clock
from kits.errors import BadInput, NotFound, SoldOut, WrongState
from kits.host import end_reads, session
from kits.stock.ledger import Cause
from kits.stock.moves.other_lot import why_not
from kits.stock.moves.to_pack import Waiting, waiting
from kits.stock.tables import Lot
from shop.admin import lists
from shop.admin.door import actor
from shop.admin.orders import forms, kept
from shop.admin.orders.kept import Said
from shop.orders import parcels
from shop.orders.find import order_by_number
from shop.orders.parcels.picking import Pick, scan
from shop.orders.tables import Order
from shop.storefront.forms import Wrong, sentences, taken


def pack(number: str) -> str:
    """The order's box: what is set aside, what of it is picked, and the field for the scanner."""
    return _page(number, {}, {})


def scanned(number: str) -> Response | tuple[str, int]:
    """Check what the scanner read, and count it when it is right."""
    try:
        code = taken(forms.ScanForm, request.form)["code"]
    except Wrong as error:
        return _page(number, request.form, error.errors), 422
    current, today = session(), clock.today(clock.now())
    mark = _mark(order_by_number(current, number))
    found = scan(code, _picks(mark, _waiting(current, number)), lists.lots_read(current, code), today)
    box = kept.box(mark)
    if found.what == "picked" and found.lot:
        box[found.lot.id] = box.get(found.lot.id, 0) + 1
    lot, other = (each.id if each else None for each in (found.lot, found.instead_of))
    submission = secrets.token_urlsafe(16) if found.what == "other" else ""
    kept.keep(mark, box, Said(found.what, found.sentence, lot, other, submission))
    return _back(number)


def other_lot(number: str) -> Response | tuple[str, int]:
    """Take the lot that was scanned in place of the one set aside: one unit, counted as picked, once a scan."""
    order_id, mark = _found(number)
    try:
        read = taken(forms.OtherLotForm, request.form)
        lot, submission = read["lot"], read["submission"]
        cause = Cause(actor(), clock.now(), read["reason"], key=f"other-lot-{number}-{submission}")
        exchanged = parcels.use_other_lot(order_id, lot, read["instead_of"], cause)
    except Wrong as error:
        reason = {"reason": error.errors["reason"]} if "reason" in error.errors else {"code": "Scan it again."}
        return _page(number, request.form, reason), 422
    except (WrongState, SoldOut, NotFound) as error:
        return _refused(number, {"code": str(error)})
    if exchanged or _waits(mark, submission):
        box = kept.box(mark)
        done = Said("picked", "The other lot is set aside now, and picked.")
        kept.keep(mark, {**box, lot: box.get(lot, 0) + 1}, done)
    return _back(number)


def _waits(mark: str, submission: str) -> bool:
    """True while the box does not count what this form exchanged: the answer to its first click was never taken up."""
    said = kept.said(mark)
    return said is not None and said.what == "other" and said.submission == submission


def start_over(number: str) -> Response:
    """The box is empty again; what is set aside stays set aside."""
    kept.forget(_found(number)[1])
    return _back(number)


def set_aside_one(number: str) -> Response | tuple[str, int]:
    """Set the order's lots aside, or with `partly` what there is of them."""
    order_id, _ = _found(number)
    try:
        if request.form.get("partly"):
            parcels.set_aside_what_there_is(order_id, actor=actor(), now=clock.now())
        elif refused := parcels.start_packing([order_id], actor=actor(), now=clock.now()):
            return _refused(number, {"set_aside": refused[0].sentence})
    except WrongState as error:
        return _refused(number, {"set_aside": str(error)})
    return _back(number)


def put_back(number: str) -> Response | tuple[str, int]:
    """Put all back that is set aside for the order."""
    order_id, mark = _found(number)
    try:
        parcels.stop_packing(order_id, actor=actor(), now=clock.now())
    except WrongState as error:
        return _refused(number, {"set_aside": str(error)})
    kept.forget(mark)
    return _back(number)


def ship_picked(number: str) -> Response | tuple[str, int]:
    """Send a parcel with what the form says is in the box."""
    order_id, mark = _found(number)
    try:
        read, lots = taken(forms.ParcelForm, request.form), forms.picked(request.form)
        now, parcel = clock.now(), read["parcel"]
        parcels.ship(order_id, tracking=read["tracking"], actor=actor(), now=now, lots=lots, parcel=parcel)
    except (Wrong, BadInput) as error:
        return _page(number, request.form, sentences(error)), 422
    except (WrongState, SoldOut) as error:
        return _refused(number, {"units": str(error)})
    kept.forget(mark)
    return redirect(url_for("refillery_admin.order", number=number), 303)


def _found(number: str) -> tuple[int, str]:
    """The order's id and the mark of its box, read without leaving a transaction open."""
    order = order_by_number(session(), number)
    found = order.id, _mark(order)
    end_reads()
    return found


def _mark(order: Order) -> str:
    """What the box is kept under: the next parcel starts with an empty one, whoever sent the last."""
    return f"{order.number}.{parcels.next_number(order)}"


def _waiting(current: Session, number: str) -> Waiting:
    return waiting(current, [number], clock.today(clock.now()))[number]


def _picks(mark: str, wait: Waiting) -> list[Pick]:
    box = kept.box(mark)
    return [Pick(row.lot, row.units, min(row.units, box.get(row.lot.id, 0))) for row in wait.set_aside]


def _page(number: str, values: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    current = session()
    order = order_by_number(current, number)
    wait, mark = _waiting(current, number), _mark(order)
    said = kept.said(mark)
    return render_template(
        "shop/admin/orders/pack.html",
        order=order,
        parcel=parcels.next_number(order),
        wait=wait,
        picks=_picks(mark, wait),
        said=said,
        exchange=_exchange(current, number, said),
        reasons=[(reason, reason.capitalize()) for reason in forms.REASONS],
        values={"reason": forms.NOT_FOUND, **values},
        errors=errors,
    )


def _exchange(current: Session, number: str, said: Said | None) -> tuple[Lot, Lot, str] | None:
    """The lot in hand, the one set aside, and why it cannot take its place (empty when it can)."""
    if said is None or said.what != "other":
        return None
    lot, other = current.get(Lot, said.lot), current.get(Lot, said.instead_of)
    if lot is None or other is None:
        return None
    return lot, other, why_not(current, number, lot, other, clock.today(clock.now()))


def _refused(number: str, errors: Mapping[str, str]) -> tuple[str, int]:
    return _page(number, request.form, errors), 409


def _back(number: str) -> Response:
    return redirect(url_for("refillery_admin.pack", number=number), 303)


_IN = "/orders/<number>/pack"
ROUTES = (
    (_IN, "pack", pack, ["GET"]),
    (f"{_IN}/scan", "scanned", scanned, ["POST"]),
    (f"{_IN}/other-lot", "other_lot", other_lot, ["POST"]),
    (f"{_IN}/start-over", "start_over", start_over, ["POST"]),
    (f"{_IN}/set-aside", "set_aside_one", set_aside_one, ["POST"]),
    (f"{_IN}/put-back", "put_back", put_back, ["POST"]),
    (f"{_IN}/ship", "ship_picked", ship_picked, ["POST"]),
)
