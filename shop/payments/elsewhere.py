"""Money that came another way: a bank transfer, a card terminal, cash. Staff note it, and it settles as any other.

What the gateway could still take for the order is closed there first, and read
back as closed. What turns out to be paid there is settled instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from kits import audit
from kits.errors import BadInput, Busy, WrongState
from shop.environment import standing
from shop.orders.find import locked
from shop.orders.tables import AWAITING, CANCELLED, Order
from shop.papers.issuing import paying
from shop.payments import attempts, settle
from shop.payments.giving_back import reasons
from shop.payments.giving_back.by_hand import LONGEST_REFERENCE
from shop.payments.hosted.release import close_intent, close_pages
from shop.payments.lease import payment_lease
from shop.payments.means import MEANS
from shop.payments.tables import CLOSED, OPEN, Payment, PaymentAttempt

LONGEST_REASON = 500
TOO_LATE = {
    reasons.SOLD_OUT: "It was let go for want of a payment, and is sold out by now. Receive more, or pay it back.",
    reasons.CODE_USED_UP: "Its discount code is used up by now. Pay the money back; it can be ordered anew without it.",
    reasons.CANCELLED: "This order was cancelled, so no money is taken for it. Pay it back.",
    reasons.PAID_TWICE: "Nothing is due for this order. Pay it back.",
}


@dataclass(frozen=True)
class Came:
    """How money came: one of MEANS, the reference by which it is found there, and why it is noted by hand."""

    means: str
    reference: str
    reason: str

    def check(self) -> None:
        """Raises BadInput at the field that cannot be taken."""
        if self.means not in MEANS:
            raise BadInput("means", "Choose how it was paid.")
        for field, text, longest in (
            ("reference", self.reference, LONGEST_REFERENCE),
            ("reason", self.reason, LONGEST_REASON),
        ):
            check_line(field, text, longest)


def check_line(field: str, text: str, longest: int) -> None:
    """A line that staff must fill in; raises BadInput at `field`."""
    if not text.strip():
        raise BadInput(field, f"Give the {field}: whoever looks at it later needs it.")
    if len(text) > longest:
        raise BadInput(field, f"Keep this under {longest} characters.")


def can_be_noted(order: Order) -> bool:
    """True of an order that waits for its money, and of a kit's that was let go because it did not come in time."""
    return order.state == AWAITING or (order.state == CANCELLED and order.kind == "kit" and order.paid_at is None)


def mark_paid(order_id: int, came: Came, *, actor: str, now: datetime) -> bool:
    """Note that what is due came another way; False when the gateway had it already: that is settled then. Commits.

    The same money noted twice is one payment. Raises BadInput at a field,
    WrongState for an order that takes no money, Busy while it is being
    charged, GatewayError when what is open there cannot be closed.
    """
    came.check()
    standing.refuse(actor)
    with payment_lease(order_id) as lease:
        close_pages(order_id, now=now)
        close_intent(order_id, now=now)
        lease.renew()
        with lease.last() as current:
            return _settled(current, locked(current, order_id), came, actor, now)


def _settled(current: Session, order: Order, came: Came, actor: str, now: datetime) -> bool:
    paid = paying(current, order.id)
    if paid is not None:
        if paid.elsewhere and (paid.means, paid.reference) != (came.means, came.reference.strip()):
            raise WrongState(f"This order is paid already, {paid.paid_how} under the reference {paid.reference}.")
        return paid.elsewhere
    if attempts.open_page(current, order.id) or attempts.live_intent(current, order.id):
        raise Busy("A payment for this order was begun just now. Try again in a minute.")
    late = settle.why_back(current, order, now)
    if late is not None:
        raise WrongState(TOO_LATE[late])
    _close_attempts(current, order.id, now)
    payment = Payment(
        order_id=order.id, amount=order.total_amount, currency=order.currency, paid_at=now,
        means=came.means, reference=came.reference.strip(), note=came.reason.strip(),
    )  # fmt: skip
    current.add(payment)
    current.flush()
    audit.record(
        current, at=now, actor=actor, action="order.paid_elsewhere", subject=order.number,
        amount=payment.amount, means=came.means, payment=payment.id,
    )  # fmt: skip
    settle.pay(current, order, payment, now)
    return True


def _close_attempts(current: Session, order_id: int, now: datetime) -> None:
    """Those that were begun and never reached the gateway: what was there is closed already."""
    begun = update(PaymentAttempt).where(PaymentAttempt.order_id == order_id, PaymentAttempt.state.in_(OPEN))
    current.execute(begun.values(state=CLOSED, ended_at=now))
