"""One lot: what is left of it, what a person finds out about it, and its whole ledger."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kits import clock
from kits.errors import BadInput, NotFound, SoldOut, WrongState
from kits.host import end_reads, session
from kits.stock.ledger import Cause, is_done
from kits.stock.moves import corrections
from kits.stock.tables import StockMovement
from shop.admin.door import actor
from shop.admin.stock import lists
from shop.admin.stock.forms import HOW_MANY, AdjustForm, QuarantineForm, ReleaseForm, WriteOffForm
from shop.admin.stock.ledger import movements
from shop.admin.stock.ledger.movements import Wanted
from shop.admin.stock.ledger.pages import shown
from shop.admin.stock.ledger.words import told
from shop.storefront.forms import Form, Wrong, sentences, taken

LOT = f"/stock/lots/<int(max={lists.LARGEST_ID}):lot_id>"
UNDO = f"/stock/movements/<int(max={lists.LARGEST_ID}):movement_id>/undo"
Read = Mapping[str, Any]


def lot(lot_id: int) -> str:
    """The lot; `?done=` names the movement that was just posted, `?before=` goes on in its ledger."""
    return _page(lot_id, {}, {})


def correct(lot_id: int, action: str) -> Response | tuple[str, int]:
    """Do what one of the lot's forms says, once a form."""
    form, work = ACTIONS[action]
    typed = {name: request.form.get(f"{action}-{name}") for name in form().fields}
    try:
        read = taken(form, {name: value for name, value in typed.items() if value})
        key = f"lot-{lot_id}-{action}:{read['submission']}"
        done = work(lot_id, read, Cause(actor(), clock.now(), read["reason"].strip(), key=key))
    except (Wrong, BadInput) as error:
        return _refused(lot_id, {f"{action}-{name}": text for name, text in sentences(error).items()}), 422
    except (SoldOut, WrongState) as error:
        return _refused(lot_id, {f"{action}-units": str(error)}), 409
    return _done(lot_id, done)


def undo(movement_id: int) -> Response | tuple[str, int]:
    """Take a correction or a quarantine back, once a movement."""
    lot_id = _lot_of(movement_id)
    end_reads()
    try:
        return _done(lot_id, corrections.undo(movement_id, Cause(actor(), clock.now())))
    except (SoldOut, WrongState) as error:
        return _refused(lot_id, {"ledger": str(error)}), 409


def _adjust(lot_id: int, read: Read, cause: Cause) -> int:
    return corrections.adjust(lot_id, read["units"], cause)


def _write_off(lot_id: int, read: Read, cause: Cause) -> int:
    return corrections.write_off(lot_id, read["units"], cause, quarantined=read["quarantined"])


def _quarantine(lot_id: int, read: Read, cause: Cause) -> int:
    if read["units"] is None and not read["all"]:
        raise BadInput("units", f"{HOW_MANY[:-1]}, or tick the box for all.")
    return corrections.quarantine(lot_id, None if read["all"] else read["units"], cause)


def _release(lot_id: int, read: Read, cause: Cause) -> int:
    return corrections.release(lot_id, read["units"], cause)


ACTIONS: dict[str, tuple[type[Form], Callable[[int, Read, Cause], int]]] = {
    "quarantine": (QuarantineForm, _quarantine),
    "release": (ReleaseForm, _release),
    "adjust": (AdjustForm, _adjust),
    "write_off": (WriteOffForm, _write_off),
}


def _lot_of(movement_id: int) -> int:
    found = session().get(StockMovement, movement_id)
    if found is None:
        raise NotFound("There is no such movement.")
    return found.lot_id


def _done(lot_id: int, movement_id: int) -> Response:
    return redirect(url_for("refillery_admin.stock_lot", lot_id=lot_id, done=movement_id), 303)


def _refused(lot_id: int, errors: dict[str, str]) -> str:
    end_reads()
    return _page(lot_id, request.form, errors)


def _page(lot_id: int, values: Read, errors: dict[str, str]) -> str:
    current = session()
    found = lists.lot(current, lot_id)
    ledger = movements.page(current, Wanted(lot_id=lot_id), before=lists.mark(request.args.get("before", "")))
    return render_template(
        "shop/admin/stock/lot.html",
        lot=found,
        today=clock.today(clock.now()),
        actions=list(ACTIONS),
        values=values,
        errors=errors,
        marks={action: values.get(f"{action}-submission") or secrets.token_urlsafe(24) for action in ACTIONS},
        **_just_done(lot_id),
        **shown(ledger),
    )


def _just_done(lot_id: int) -> dict[str, Any]:
    """What was just done to the lot, in a sentence, and the movement to undo, if it can be."""
    movement_id = lists.mark(request.args.get("done", ""))
    movement = session().get(StockMovement, movement_id) if movement_id else None
    if movement is None or movement.lot_id != lot_id:
        return {"told": "", "undoable": None}
    can = movement.kind in corrections.CAN_BE_UNDONE
    undoable = can and not is_done(session(), corrections.undo_key(movement.id))
    return {"told": told(movement), "undoable": movement.id if undoable else None}


ROUTES = (
    (LOT, "stock_lot", lot, ["GET"]),
    (f"{LOT}/<any({','.join(ACTIONS)}):action>", "stock_lot_correct", correct, ["POST"]),
    (UNDO, "stock_undo", undo, ["POST"]),
)
