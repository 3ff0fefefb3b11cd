"""What a customer is told of their withdrawal or return."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from shop.links import order_url
from shop.owner import facts
from shop.returns.tables import Return
from shop.work.letters import letter
from shop.work.outbox import post


def acknowledged(session: Session, row: Return, said: Sequence[str], now: datetime) -> None:
    """Acknowledge a withdrawal, with its content and time; `said` is what else follows from it, a sentence each."""
    session.expire(row, ["refunds"])
    subject = f"You have withdrawn from order {row.order.number}"
    _post(session, row, "withdrawn", subject, now, said=said, refund=next(iter(row.refunds), None))


def agreed(session: Session, row: Return, now: datetime) -> None:
    """Say how to send back what staff agreed to take."""
    _post(session, row, "return_agreed", f"Your return of order {row.order.number}", now)


def nothing_goes_back(session: Session, row: Return, now: datetime) -> None:
    """Say that what came back is not refunded, and why."""
    _post(session, row, "return_ended", f"What you sent back of order {row.order.number}", now)


def _post(session: Session, row: Return, name: str, subject: str, now: datetime, **more: object) -> None:
    order = row.order
    about = {"row": row, "order": order, "shop": facts.read(session), "url": order_url(order.token), **more}
    mail = letter(subject, f"shop/mails/{name}", **about)
    post(session, f"{name}-{order.number}-{row.number}", order.customer.email, mail, now=now)
