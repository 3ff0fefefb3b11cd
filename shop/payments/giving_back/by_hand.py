"""Money that came another way than through the gateway goes back by hand: someone pays it, and notes the reference."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from kits import audit
from kits.errors import BadInput, WrongState
from kits.host import unit
from shop.environment import standing
from shop.orders.find import locked
from shop.papers.issuing import issue_credit_note
from shop.payments.tables import PENDING, SUCCEEDED, Refund

LONGEST_REFERENCE = 100


def paid_back(refund_id: int, reference: str, *, actor: str, now: datetime) -> None:
    """A refund that waits was paid back. Commits; noted twice, it was paid back once.

    Raises BadInput at `reference`, WrongState for a refund that the gateway sends.
    """
    standing.refuse(actor)
    with unit() as session:
        refund = session.get_one(Refund, refund_id)
        locked(session, refund.payment.order_id)
        session.refresh(refund)
        if not refund.by_hand:
            raise WrongState("Stripe sends this refund, so nothing is to be paid back by hand.")
        if refund.state == PENDING:
            note(session, refund, reference, actor=actor, now=now)


def note(session: Session, refund: Refund, reference: str, *, actor: str, now: datetime) -> None:
    """The same within an open unit that holds the order's lock. Raises BadInput at `reference`. Flushes."""
    if not reference.strip():
        raise BadInput("reference", "Pay it back first, then give the reference of that payment.")
    if len(reference) > LONGEST_REFERENCE:
        raise BadInput("reference", f"Keep this under {LONGEST_REFERENCE} characters.")
    refund.state, refund.ended_at, refund.reference = SUCCEEDED, now, reference.strip()
    session.flush()
    subject, about = refund.payment.order.number, {"refund": refund.id, "reference": refund.reference}
    audit.record(session, at=now, actor=actor, action="order.paid_back", subject=subject, **about)
    issue_credit_note(session, refund, now=now)
