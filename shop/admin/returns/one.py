"""One return: received, looked at, refunded, each with one button; until the refund each step can be undone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kits import clock
from kits.errors import BadInput, SoldOut, WrongState
from kits.host import end_reads, session
from kits.money import written_amount
from kits.stock.moves.returns import What, with_customer
from kits.stock.tables import Lot
from shop.admin.door import actor
from shop.admin.orders.forms import an_id
from shop.admin.returns import forms
from shop.returns.desk import steps
from shop.returns.desk.due import due
from shop.returns.lists import STATES
from shop.returns.tables import INSPECTED, RECEIVED, Return
from shop.storefront.forms import Wrong, sentences, taken

Page = Response | tuple[str, int]


def show(return_id: str) -> str:
    """The return as it stands, with what is to be done next."""
    return _page(_id(return_id), {}, {})


def received(return_id: str) -> Page:
    """The goods are here."""
    read = lambda: taken(forms.ReceivedForm, request.form)["received_on"]  # noqa: E731
    return _step(return_id, lambda row, day: steps.receive(row, day, actor=actor(), now=clock.now()), read)


def sent(return_id: str) -> Page:
    """The customer has shown that the goods were sent."""
    read = lambda: taken(forms.SentForm, request.form)["sent_on"]  # noqa: E731
    return _step(return_id, lambda row, day: steps.note_sent(row, day, actor=actor(), now=clock.now()), read)


def inspected(return_id: str) -> Page:
    """What came, and what becomes of it."""
    row = _found(session(), _id(return_id))
    names = {
        f"{what}-{lot.id}": (lot.id, what) for lot, _ in _lots(session(), row) for what, _ in forms.WHATS
    }  # fmt: skip
    end_reads()

    def read() -> dict[tuple[int, What], int]:
        return {names[name]: count for name, count in forms.units(request.form, names).items()}

    return _step(return_id, lambda row, came: steps.inspect(row, came, actor=actor(), now=clock.now()), read)


def undone(return_id: str) -> Page:
    """Undo the last step."""
    return _step(return_id, lambda row, _: steps.undo(row, actor=actor(), now=clock.now()), lambda: None)


def refunded(return_id: str) -> Page:
    """Give the money back."""

    def work(row: int, read: dict[str, Any]) -> None:
        steps.refund(row, read["amount"], note=read["note"], actor=actor(), now=clock.now())

    return _step(return_id, work, lambda: taken(forms.ReturnRefundForm, request.form))


def closed(return_id: str) -> Page:
    """Nothing came."""

    def work(row: int, read: dict[str, Any]) -> None:
        steps.close(row, note=read["note"], actor=actor(), now=clock.now())

    return _step(return_id, work, lambda: taken(forms.CloseForm, request.form))


def _step(return_id: str, work: Callable[[int, Any], None], read: Callable[[], Any]) -> Page:
    """Read the form and do the step; what cannot be is said on the return's page."""
    row = _id(return_id)
    try:
        given = read()
        end_reads()
        work(row, given)
    except (Wrong, BadInput) as error:
        end_reads()
        return _page(row, request.form, sentences(error)), 422
    except (WrongState, SoldOut) as error:
        end_reads()
        return _page(row, request.form, {"step": str(error)}), 409
    return redirect(url_for("refillery_admin.return_one", return_id=row), 303)


def _page(return_id: int, values: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    current, today = session(), clock.today(clock.now())
    row = _found(current, return_id)
    most = due(current, row) if row.state == INSPECTED else None
    first = {
        "received_on": today.isoformat(),
        "sent_on": today.isoformat(),
        "amount": written_amount(most.money(most.amount)) if most else "",
    }
    return render_template(
        "shop/admin/returns/return.html",
        row=row,
        order=row.order,
        lots=_lots(current, row) if row.state == RECEIVED else [],
        due=most,
        whats=forms.WHATS,
        states=STATES,
        today=today,
        values={**first, **values},
        errors=errors,
    )


def _lots(current: Session, row: Return) -> list[tuple[Lot, int]]:
    """The lots that this return may bring back, and how many units of each at most."""
    wanted: dict[int, int] = {}
    for item in row.coming:
        wanted[item.item_id] = wanted.get(item.item_id, 0) + item.units
    there = with_customer(current, row.order.number)
    lots = [current.get_one(Lot, lot_id) for lot_id in sorted(there)]
    return [(lot, min(there[lot.id], wanted[lot.item_id])) for lot in lots if lot.item_id in wanted]


def _found(current: Session, return_id: int) -> Return:
    row = current.get(Return, return_id)
    if row is None:
        abort(404)
    return row


def _id(text: str) -> int:
    found = an_id(text)
    if found is None:
        abort(404)
    return found


_ONE = "/returns/<return_id>"
ROUTES = (
    (_ONE, "return_one", show, ["GET"]),
    (f"{_ONE}/received", "return_received", received, ["POST"]),
    (f"{_ONE}/sent", "return_sent", sent, ["POST"]),
    (f"{_ONE}/inspected", "return_inspected", inspected, ["POST"]),
    (f"{_ONE}/undo", "return_undone", undone, ["POST"]),
    (f"{_ONE}/refund", "return_refunded", refunded, ["POST"]),
    (f"{_ONE}/close", "return_closed", closed, ["POST"]),
)
