"""Giving an order's money back, a part or all of it; with the last of it the order is over.

What of the order had not left is let go, so that nobody packs it, and the
rooms above hear of it, all in the transaction that writes the refund down.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits import audit
from kits.errors import BadInput, WrongState
from kits.host import unit
from kits.money import Money
from kits.stock.ledger import Cause
from kits.stock.moves.letting_go import let_go_of_all
from shop.environment import standing
from shop.orders.find import locked
from shop.orders.tables import PAID, REFUNDED, SHIPPED, Order
from shop.papers.issuing import paying
from shop.payments.giving_back import by_hand, refund_letters, refunds
from shop.payments.giving_back.reasons import AUTOMATIC, BY_STAFF
from shop.payments.tables import FAILED, Payment, Refund
from shop.registers import Settled, run_steps

REFUNDABLE = (PAID, SHIPPED, REFUNDED)
LONGEST_NOTE = 500
NOTHING_LEFT = "There is nothing left to refund of this order."


@dataclass(frozen=True)
class Given:
    """A refund that was written down, and what the rooms above say of it to the customer."""

    refund: Refund
    said: list[str]


def left(session: Session, order: Order) -> int:
    """What may still be refunded of the order, in minor units."""
    payment = paying(session, order.id)
    return refunds.left(session, payment) if payment else 0


def give_back(
    session: Session,
    order: Order,
    amount: int,
    *,
    reason: str,
    actor: str,
    now: datetime,
    note: str = "",
    return_id: int | None = None,
) -> Given:
    """Refund `amount` minor units of a paid order. The caller holds the order's lock; last in its unit. Flushes.

    Raises WrongState for an order that was not paid, for more than is left,
    and while the payment is disputed.
    """
    payment = paying(session, order.id)
    if payment is None or order.state not in REFUNDABLE or amount < 1:
        raise WrongState(NOTHING_LEFT)
    about = {"reason": reason, "note": note, "return_id": return_id}
    return _asked(session, order, payment, amount, actor, now, **about)


def by_staff(
    order_id: int, amount: int, *, reason: str, note: str, actor: str, now: datetime, mark: str, reference: str = ""
) -> int:
    """Refund a part or all of an order and tell its customer; returns the refund's id. Commits.

    `mark` is one per form: the same one gives the refund it made. Of money
    that came another way, `reference` is that of the money that was paid back by
    hand. Raises BadInput at `amount`, `reason`, `note` or `reference`, and
    WrongState as `give_back` does.
    """
    if reason not in BY_STAFF:
        raise BadInput("reason", "Choose a reason.")
    if len(note) > LONGEST_NOTE:
        raise BadInput("note", f"Keep this under {LONGEST_NOTE} characters.")
    standing.refuse(actor)
    with unit() as session:
        order = locked(session, order_id)
        known = _known(session, order, mark)
        if known is not None:
            return known
        most = left(session, order)
        if not 1 <= amount <= most:
            raise BadInput("amount", _from_to(most, order) if most else NOTHING_LEFT)
        given = give_back(session, order, amount, reason=reason, note=note.strip(), actor=actor, now=now)
        given.refund.key = _key(order, mark)
        if given.refund.by_hand:
            by_hand.note(session, given.refund, reference, actor=actor, now=now)
        refund_letters.asked(session, given.refund, now, given.said)
        return given.refund.id


def all_of(
    order_id: int, *, reason: str, actor: str, now: datetime, only_if: Callable[[Session], bool] = lambda _: True
) -> bool:
    """Refund all that is left of a paid order of which nothing has left, and tell its customer. Commits.

    False when it is not, or no longer, such an order, or `only_if` says no,
    which is asked under the order's lock. Raises WrongState while its payment is disputed.
    """
    standing.refuse(actor)
    with unit() as session:
        order = locked(session, order_id)
        if not only_if(session):
            return False
        amount = left(session, order)
        if order.state != PAID or order.parcels or not amount:
            return False
        given = give_back(session, order, amount, reason=reason, actor=actor, now=now)
        refund_letters.asked(session, given.refund, now, given.said)
        return True


def again(refund_id: int, *, actor: str, now: datetime) -> int:
    """Ask once more for a refund that failed; returns the new one's id. Commits.

    A failed one is asked for again once: the same button pressed twice gives
    the same refund. Raises WrongState unless it failed, or when less is left by now.
    """
    standing.refuse(actor)
    with unit() as session:
        failed = session.get_one(Refund, refund_id)
        order = locked(session, failed.payment.order_id)
        session.refresh(failed)
        key = f"{failed.key}-again"
        known = session.scalar(select(Refund.id).where(Refund.key == key))
        if known is not None:
            return known
        if failed.state != FAILED:
            raise WrongState("This refund did not fail. Load the page again.")
        about = {"reason": failed.reason, "note": failed.note, "return_id": failed.return_id}
        given = _asked(session, order, failed.payment, failed.amount, actor, now, **about)
        given.refund.key = key
        refund_letters.asked(session, given.refund, now, given.said)
        return given.refund.id


def _asked(
    session: Session, order: Order, payment: Payment, amount: int, actor: str, now: datetime, **about: Any
) -> Given:
    """Write the refund down; with the last of the money that paid for it the order is over."""
    refund = refunds.ask(session, payment, amount, now=now, actor=actor, **about)
    audit.record(
        session, at=now, actor=actor, action="order.refund", subject=order.number, refund=refund.id, amount=amount,
        reason=refund.reason,
    )  # fmt: skip
    over = refund.reason not in AUTOMATIC and order.state in (PAID, SHIPPED) and not refunds.left(session, payment)
    return Given(refund, end(session, order, actor=actor, now=now) if over else [])


def end(session: Session, order: Order, *, actor: str, now: datetime) -> list[str]:
    """All of a paid order's money goes back: nothing more of it leaves. Last in the unit that holds its lock. Flushes.

    Returns what the rooms above say of it to the customer.
    """
    order.state = REFUNDED
    for line in order.lines:
        line.given_back_at = line.given_back_at or now
    session.flush()
    settled = Settled("refunded", order, now)
    run_steps(session, settled)
    audit.record(session, at=now, actor=actor, action="order.refunded", subject=order.number)
    let_go_of_all(session, order.number, Cause(actor, now, "refunded"))
    return settled.said


def _known(session: Session, order: Order, mark: str) -> int | None:
    return session.scalar(select(Refund.id).where(Refund.key == _key(order, mark)))


def _key(order: Order, mark: str) -> str:
    return f"staff-{order.number}-{mark}"


def _from_to(most: int, order: Order) -> str:
    return f"Give an amount from {Money(1, order.currency)} to {Money(most, order.currency)}."
