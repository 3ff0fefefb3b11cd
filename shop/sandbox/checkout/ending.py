"""How a session that nobody pays comes to its end."""

from __future__ import annotations

from shop.sandbox.events.record import emit
from shop.sandbox.store.documents import Document, Unit

MOST_AT_ONCE = 100


def read_session(unit: Unit, session: Document) -> Document:
    """The session as it is by the sandbox's clock: one whose time has come is expired first."""
    if session["status"] == "open" and session["expires_at"] <= unit.now:
        return expire(unit, session)
    return session


def expire(unit: Unit, session: Document) -> Document:
    """End an open session; the intent of a failed try is cancelled with it."""
    session |= {"status": "expired", "url": None}
    unit.put(session)
    _cancel_intent(unit, session)
    emit(unit, "checkout.session.expired", session)
    return session


def _cancel_intent(unit: Unit, session: Document) -> None:
    intent = unit.get("payment_intent", session["payment_intent"] or "")
    if intent:
        intent |= {"status": "canceled", "canceled_at": unit.now, "cancellation_reason": "expired", "next_action": None}
        unit.put(intent)
        emit(unit, "payment_intent.canceled", intent)


def expire_due(unit: Unit) -> int:
    """Expire the open sessions whose time has come, so many at once; gives how many."""
    due = unit.connection.execute(
        "SELECT id FROM documents WHERE status = 'open' AND expires_at <= ? LIMIT ?", (unit.now, MOST_AT_ONCE)
    ).fetchall()
    for (identifier,) in due:
        session = unit.get("checkout.session", identifier)
        if session:
            expire(unit, session)
    return len(due)
