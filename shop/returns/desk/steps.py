"""The returns desk: what came back is received, looked at, booked, and paid for, each step once.

Every use case locks the order first, then what it books; doing a step that
was done changes nothing. Until the money goes back a step can be undone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits import audit
from kits.errors import BadInput, NotFound, WrongState
from kits.host import unit
from kits.stock.ledger import Cause
from kits.stock.moves.returns import What, take_back_all, undo_all
from shop.environment import standing
from shop.orders.find import locked
from shop.payments.giving_back import money_back, refund_letters
from shop.payments.giving_back.reasons import RETURNED, WITHDRAWN
from shop.returns import letters, right
from shop.returns.desk.checks import check_came, check_day, check_note
from shop.returns.desk.due import due
from shop.returns.tables import (
    ANNOUNCED,
    CLOSED,
    INSPECTED,
    RECEIVED,
    REFUNDED,
    WITHDRAWAL,
    Return,
    ReturnOutcome,
)

MOVED_ON = "This return has moved on meanwhile. Load the page again."


def note_sent(return_id: int, sent_on: date, *, actor: str, now: datetime) -> None:
    """The customer has shown that the goods were sent: the days for the refund run from then. Commits."""
    with unit() as session:
        row = _locked(session, return_id)
        check_day(row, sent_on, "sent_on", now)
        if row.state not in (ANNOUNCED, RECEIVED, INSPECTED):
            raise WrongState(MOVED_ON)
        row.sent_on = sent_on
        _set_refund_by(row)
        record(session, row, "return.sent", actor, now)


def receive(return_id: int, received_on: date, *, actor: str, now: datetime) -> None:
    """The goods are here. Commits. Raises BadInput at `received_on` for a day that cannot be."""
    with unit() as session:
        row = _locked(session, return_id)
        if row.state != ANNOUNCED:
            return
        check_day(row, received_on, "received_on", now)
        row.state, row.received_on = RECEIVED, received_on
        _set_refund_by(row)
        record(session, row, "return.received", actor, now)


def inspect(return_id: int, came: Mapping[tuple[int, What], int], *, actor: str, now: datetime) -> None:
    """Book what came back: units by lot id, and what becomes of them. Commits.

    Raises BadInput at `units` for nothing, or for more than is to come back, and as `take_back` does.
    """
    came = {each: units for each, units in came.items() if units}
    with unit() as session:
        row = _locked(session, return_id)
        if row.state in (INSPECTED, REFUNDED) and came == _booked(row):
            return
        if row.state != RECEIVED:
            raise WrongState(MOVED_ON)
        check_came(session, row, came)
        row.state, row.inspected_at = INSPECTED, now
        row.outcomes = [ReturnOutcome(lot_id=lot, what=what, units=units) for (lot, what), units in came.items()]
        session.flush()
        record(session, row, "return.inspected", actor, now)
        take_back_all(session, came, _cause(row, actor, now, "came back"))


def undo(return_id: int, *, actor: str, now: datetime) -> None:
    """Undo the last step before any money of it went back. Commits.

    Raises WrongState when there is none, SoldOut when what was restocked has left since.
    """
    with unit() as session:
        row = _locked(session, return_id)
        if row.state == INSPECTED and row.received_on is not None:
            booked = _booked(row)
            row.state, row.inspected_at, row.outcomes = RECEIVED, None, []
            record(session, row, "return.inspection_undone", actor, now)
            undo_all(session, booked, _cause(row, actor, now, "undone"))
        elif row.state == RECEIVED:
            row.state, row.received_on = ANNOUNCED, None
            _set_refund_by(row)
            record(session, row, "return.receipt_undone", actor, now)
        else:
            raise WrongState("There is no step to undo.")


def refund(return_id: int, amount: int, *, note: str, actor: str, now: datetime) -> None:
    """Give back what is due for the return, or less with a note that says why, and tell its customer. Commits.

    Raises BadInput at `amount` for more than is due, at `note` when it is
    missing or too long, and WrongState while the payment is disputed.
    """
    check_note(note)
    standing.refuse(actor)
    with unit() as session:
        row = _locked(session, return_id)
        if row.state == REFUNDED:
            return
        if row.state != INSPECTED:
            raise WrongState(MOVED_ON)
        most = due(session, row)
        if not 0 <= amount <= most.amount:
            raise BadInput("amount", f"Give an amount from {most.money(0)} to {most.money(most.amount)}.")
        if amount < most.amount and not note.strip():
            raise BadInput("note", "Say why less goes back than is due. The customer reads it.")
        row.deduction, row.shipping_amount = most.amount - amount, most.shipping if row.coming else 0
        row.state, row.ended_at = REFUNDED, now
        row.note = note.strip() if amount < most.amount else row.note
        session.flush()
        record(session, row, "return.refunded", actor, now, amount=amount, deduction=row.deduction)
        _pay(session, row, amount, actor, now)


def close(return_id: int, *, note: str, actor: str, now: datetime) -> None:
    """Nothing came: close the return without a refund. Commits. Raises BadInput at `note` without a reason."""
    check_note(note, needed=True)
    with unit() as session:
        row = _locked(session, return_id)
        if row.state == CLOSED:
            return
        if row.state != ANNOUNCED:
            raise WrongState(MOVED_ON)
        row.state, row.ended_at, row.note = CLOSED, now, note.strip()
        record(session, row, "return.closed", actor, now)


def _pay(session: Session, row: Return, amount: int, actor: str, now: datetime) -> None:
    if not amount:
        if row.deduction:
            letters.nothing_goes_back(session, row, now)
        return
    reason = WITHDRAWN if row.kind == WITHDRAWAL else RETURNED
    note = row.note if row.deduction else ""
    about = {"reason": reason, "note": note, "return_id": row.id}
    given = money_back.give_back(session, row.order, amount, actor=actor, now=now, **about)  # type: ignore[arg-type]
    refund_letters.asked(session, given.refund, now, given.said)


def _locked(session: Session, return_id: int) -> Return:
    """The return, read afresh under its order's row lock; raises NotFound."""
    order_id = session.scalar(select(Return.order_id).where(Return.id == return_id))
    if order_id is None:
        raise NotFound("There is no such return.")
    locked(session, order_id)
    return session.get_one(Return, return_id, populate_existing=True)


def _booked(row: Return) -> dict[tuple[int, What], int]:
    return {(each.lot_id, each.what): each.units for each in row.outcomes}  # type: ignore[misc]


def _set_refund_by(row: Return) -> None:
    row.refund_by = right.refund_by(received_on=row.received_on, sent_on=row.sent_on)


def _cause(row: Return, actor: str, now: datetime, words: str) -> Cause:
    return Cause(actor, now, f"return {row.number}, {words}", order_number=row.order.number)


def record(session: Session, row: Return, action: str, actor: str, now: datetime, **detail: object) -> None:
    """Write a step of a return into the audit log."""
    audit.record(session, at=now, actor=actor, action=action, subject=row.order.number, number=row.number, **detail)
