"""Delivered: staff say once when a parcel has arrived, and its customer hears of it; a mistake is taken back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kits import audit
from kits.clock import today
from kits.errors import NotFound
from kits.host import unit
from shop.links import external, order_url
from shop.orders.find import locked
from shop.orders.parcels.contents import contents, still_to_come
from shop.orders.tables import Order, Parcel
from shop.papers.texts import as_text
from shop.registers import parcel_links
from shop.work.letters import letter
from shop.work.outbox import QUEUED, EarlierSending, OutboxMail, post


def deliver(order_id: int, number: int, *, actor: str, now: datetime) -> None:
    """Parcel `number` of the order has arrived now; its customer gets a mail. Commits; does nothing twice.

    Raises NotFound for a parcel there is not.
    """
    with unit() as session:
        order = locked(session, order_id)
        sent = _parcel(order, number)
        if sent.delivered_at is None:
            sent.delivered_at = now
            _record(session, order, sent, "parcel.delivered", actor, now)
            _tell(session, order, sent, now)


def not_delivered(order_id: int, number: int, *, actor: str, now: datetime) -> None:
    """It was said by mistake: parcel `number` is on its way still. A mail that has not left is not sent. Commits.

    Raises NotFound for a parcel there is not.
    """
    with unit() as session:
        order = locked(session, order_id)
        sent = _parcel(order, number)
        if sent.delivered_at is not None:
            sent.delivered_at = None
            _record(session, order, sent, "parcel.not_delivered", actor, now)
            _do_not_tell(session, order, sent)


def _parcel(order: Order, number: int) -> Parcel:
    found = next((sent for sent in order.parcels if sent.number == number), None)
    if found is None:
        raise NotFound("This order has no such parcel.")
    return found


def _record(session: Session, order: Order, sent: Parcel, action: str, actor: str, now: datetime) -> None:
    audit.record(session, at=now, actor=actor, action=action, subject=order.number, parcel=sent.number)
    session.flush()


def _tell(session: Session, order: Order, sent: Parcel, now: datetime) -> None:
    mail = letter(
        f"Delivered: {'a part of ' if still_to_come(session, order) else ''}order {order.number}",
        "shop/mails/parcel_delivered",
        order=order,
        parcel=sent,
        lots=contents(session, order)[sent.id],
        to_come=still_to_come(session, order),
        today=today(now),
        as_text=as_text,
        withdraw_url=external("refillery_storefront.withdraw", token=order.token),
        links=parcel_links(session, order),
        url=order_url(order.token),
    )
    post(session, _key(order, sent), order.customer.email, mail, now=now)


def _do_not_tell(session: Session, order: Order, sent: Parcel) -> None:
    """The mail, if it waits, goes with all that is known of earlier tries to send it."""
    mine = select(OutboxMail.id).where(OutboxMail.key == _key(order, sent), OutboxMail.state == QUEUED)
    if mail_id := session.scalar(mine.with_for_update()):
        session.execute(delete(EarlierSending).where(EarlierSending.mail_id == mail_id))
        session.execute(delete(OutboxMail).where(OutboxMail.id == mail_id))


def _key(order: Order, sent: Parcel) -> str:
    return f"parcel-delivered-{order.number}-{sent.number}"
