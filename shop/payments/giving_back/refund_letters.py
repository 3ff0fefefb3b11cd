"""What is written of refunds: why money goes back to its customer, and to the owner what did not go well."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from kits.settings import setting
from shop.links import external, order_url
from shop.payments.tables import Payment, Refund
from shop.work.letters import letter
from shop.work.outbox import post


def asked(session: Session, refund: Refund, now: datetime, said: Sequence[str] = ()) -> None:
    """Tell the customer what goes back and why; `said` is what else follows from it, a sentence each."""
    order = refund.payment.order
    about = {"refund": refund, "payment": refund.payment, "order": order, "said": said}
    mail = letter(f"{refund.money} goes back to you", "shop/mails/refund", **about, url=order_url(order.token))
    post(session, f"refund-{refund.id}", order.customer.email, mail, now=now)


def failed(session: Session, refund: Refund, now: datetime) -> None:
    """Tell the owner, if one is set, that money did not reach its customer."""
    order = refund.payment.order
    about = {"refund": refund, "order": order, "url": external("refillery_admin.order", number=order.number)}
    subject = f"A refund of order {order.number} failed"
    _to_owner(session, f"refund-failed-{refund.id}", subject, "shop/mails/refund_failed", now, **about)


def disputed(session: Session, payment: Payment, now: datetime) -> None:
    """Tell the owner, if one is set, how a dispute stands."""
    order = payment.order
    subject = f"The payment of order {order.number} is disputed"
    key = f"dispute-{payment.id}-{payment.dispute}"
    _to_owner(session, key, subject, "shop/mails/dispute", now, **_with_evidence(payment))


def warned(session: Session, payment: Payment, now: datetime) -> None:
    """Tell the owner, if one is set, that a bank holds a payment for fraud."""
    subject = f"A bank warns of fraud with order {payment.order.number}"
    _to_owner(session, f"warned-{payment.id}", subject, "shop/mails/warned", now, **_with_evidence(payment))


def _with_evidence(payment: Payment) -> dict[str, object]:
    evidence = external("refillery_admin.dispute", payment_id=payment.id)
    return {"payment": payment, "order": payment.order, "url": evidence}


def _to_owner(session: Session, key: str, subject: str, template: str, now: datetime, **about: object) -> None:
    if owner := setting("OWNER_EMAIL"):
        post(session, key, owner, letter(subject, template, **about), now=now)
