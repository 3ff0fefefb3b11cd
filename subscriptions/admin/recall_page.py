"""One recall: how far it has come, whom it concerns, and what staff do for one of them."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, redirect, render_template, request, stream_with_context, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from kits import clock, host
from kits.clock import today
from kits.errors import BadInput, NotFound
from kits.stock.ledger import Cause
from kits.stock.recall.recall import missing
from shop.admin.door import actor
from shop.admin.stock.ledger.csv_lines import line
from shop.storefront.forms import Wrong, sentences, taken
from subscriptions.admin.recall_forms import ReasonForm, number
from subscriptions.recall import recall, replacing
from subscriptions.recall.listing import Recipient, all_recipients, progress, recipients
from subscriptions.recall.tables import RecalledBox

A_PAGE = 50
COLUMNS = ("Name", "E-mail", "Order", "Units", "Shipped on", "Plan runs until", "Told at", "Replacement")


def one(recall_id: int) -> str:
    """One recall: its figures, how far it has come, and whom it concerns."""
    return _page(recall_id, {})


def call_off(recall_id: int) -> BaseResponse | tuple[str, int]:
    """Take the recall back, while nobody was told."""
    try:
        read = taken(ReasonForm, request.form)
        recall.call_off(recall_id, Cause(actor(), clock.now(), read["reason"]))
    except (Wrong, BadInput) as error:
        host.end_reads()
        return _page(recall_id, sentences(error)), 422
    return redirect(url_for("refillery_recalls.overview"), 303)


def replace(recall_id: int, box_id: int) -> BaseResponse:
    """Send the replacement on the customer's behalf; while none is left it is waited for."""
    replacing.replace_box(_box(recall_id, box_id), actor=actor(), now=clock.now())
    return _back(recall_id, box_id)


def go_on(recall_id: int, box_id: int) -> BaseResponse:
    """Let the plan that this recall holds go on from today."""
    replacing.end_hold(_box(recall_id, box_id), actor=actor(), now=clock.now())
    return _back(recall_id, box_id)


def recipients_csv(recall_id: int) -> Response:
    """All recipients as a file for a spreadsheet, sent as it is read."""
    code = recall.found(host.session(), recall_id).lot.code
    host.end_reads()
    answer = Response(stream_with_context(_lines(recall_id)), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"recall-{recall_id}-{code}.csv")
    return answer


def _lines(recall_id: int) -> Iterator[str]:
    day = today(clock.now())
    yield line(COLUMNS)
    for each in all_recipients(recall_id, day):
        box, order = each.box, each.box.order
        told = box.mail.queued_at.isoformat(timespec="minutes") if box.mail else None
        until, shipped = each.runs_until(day), today(box.shipped_at)
        yield line((order.name, order.customer.email, order.number, box.units, shipped, until, told, _replaced(each)))


def _replaced(each: Recipient) -> str:
    if each.box.replacement is not None:
        return f"{each.box.replacement.number}, {each.box.replacement.state}"
    return "waiting for stock" if each.box.waited_at else ""


def _page(recall_id: int, errors: dict[str, str]) -> str:
    session, now = host.session(), clock.now()
    row = recall.found(session, recall_id)
    found = recipients(session, row, today(now), after=number("after") or 0, most=A_PAGE + 1)
    return render_template(
        "subscriptions/admin/recall.html",
        recall=row,
        progress=progress(session, recall_id),
        missing=missing(session, row.lot.item_id, now),
        repacked=number("repacked"),
        found=found[:A_PAGE],
        more=found[A_PAGE - 1].box.id if len(found) > A_PAGE else None,
        today=today(now),
        replaced=_replaced,
        values=request.form,
        errors=errors,
    )


def _box(recall_id: int, box_id: int) -> int:
    mine = select(RecalledBox.id).where(RecalledBox.id == box_id, RecalledBox.recall_id == recall_id)
    found = host.session().scalar(mine)
    host.end_reads()
    if found is None:
        raise NotFound("There is no such recipient.")
    return found


def _back(recall_id: int, box_id: int) -> BaseResponse:
    """To the page of the list on which the box stands first."""
    return redirect(
        url_for("refillery_recalls.one", recall_id=recall_id, after=box_id - 1, _anchor=f"box-{box_id}"), 303
    )
