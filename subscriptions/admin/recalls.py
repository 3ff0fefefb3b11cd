"""The recalls' pages: pick a lot, see what a recall would do, begin it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from kits import clock, host
from kits.clock import today
from kits.errors import BadInput, NotFound, WrongState
from kits.stock.ledger import Cause
from kits.stock.recall.tables import Recall
from kits.stock.tables import Lot
from shop.admin import PROBLEM
from shop.admin.door import actor, staff_only
from shop.doors import guard
from shop.storefront import errors
from shop.storefront.forms import Wrong, sentences, taken
from shop.templating import speak, template_folder
from subscriptions.admin import recall_page
from subscriptions.admin.recall_forms import RecallForm, number
from subscriptions.recall import recall
from subscriptions.recall.letters import preview
from subscriptions.recall.listing import progress

MOST_LOTS = 20
SUGGESTED = "The maker has asked us to take this lot back."


def blueprint() -> Blueprint:
    """`/admin/recalls…`, for staff alone."""
    made = Blueprint(
        "refillery_recalls", __name__, url_prefix="/admin/recalls", template_folder=template_folder("subscriptions")
    )
    staff_only(made)
    made.get("")(overview)
    made.get("/new")(begin)
    made.post("/new", endpoint="begun")(begun)
    made.get("/<int:recall_id>")(recall_page.one)
    made.post("/<int:recall_id>/call-off")(recall_page.call_off)
    made.get("/<int:recall_id>/recipients.csv")(recall_page.recipients_csv)
    made.post("/<int:recall_id>/boxes/<int:box_id>/replace")(recall_page.replace)
    made.post("/<int:recall_id>/boxes/<int:box_id>/go-on")(recall_page.go_on)
    speak(made)
    errors.answer(made, PROBLEM)
    guard(made, refuse=errors.refusal(PROBLEM))
    return made


def overview() -> str:
    """Every recall, the newest first, and how far each has come."""
    session = host.session()
    found = session.scalars(select(Recall).order_by(Recall.id.desc())).all()
    rows = [(row, progress(session, row.id)) for row in found]
    return render_template("subscriptions/admin/recalls.html", rows=rows)


def begin() -> Response | str:
    """What recalling the lot `?lot=` would do, and the form; without one the lots with the code `?code=`."""
    lot_id = number("lot")
    if lot_id is None:
        code = request.args.get("code", "").strip()
        lots = select(Lot).where(Lot.code == code).order_by(Lot.id.desc()).limit(MOST_LOTS)
        found = host.session().scalars(lots).all() if code and code.isprintable() else []
        return render_template("subscriptions/admin/recall_lots.html", code=code, lots=found)
    known = _recall_of(lot_id)
    if known is not None:
        return redirect(url_for("refillery_recalls.one", recall_id=known), 303)
    return _form(lot_id, {"message": SUGGESTED}, {})


def begun() -> Response | str | tuple[str, int]:
    """Show the mail as it would be, or begin the recall; a lot that is being recalled already leads to its page."""
    lot_id = number("lot", request.form)
    if lot_id is None:
        raise NotFound("There is no such lot.")
    try:
        read = taken(RecallForm, request.form)
        if read["step"] == "look":
            return _form(lot_id, read, {})
        done = recall.begin(lot_id, read["message"], Cause(actor(), clock.now(), read["reason"]))
    except (Wrong, BadInput) as error:
        host.end_reads()
        return _form(lot_id, request.form, sentences(error)), 422
    except WrongState:
        known = _recall_of(lot_id)
        if known is None:
            raise
        return redirect(url_for("refillery_recalls.one", recall_id=known), 303)
    repacked = len(done.put_back) or None
    return redirect(url_for("refillery_recalls.one", recall_id=done.recall_id, repacked=repacked), 303)


def _form(lot_id: int, values: Any, errors: dict[str, str]) -> str:
    session, day = host.session(), today(clock.now())
    seen = recall.outlook(session, lot_id, day)
    message = values.get("message", "").strip() or "…"
    mail = preview(seen.lot, message, 1, "https://…", "R-XXXXX-XXXXX", serves=True, held=True, charging=False)
    return render_template(
        "subscriptions/admin/recall_new.html", seen=seen, values=values, errors=errors, mail=mail, today=day
    )


def _recall_of(lot_id: int) -> int | None:
    found = host.session().scalar(select(Recall.id).where(Recall.lot_id == lot_id))
    host.end_reads()
    return found
