"""Samples of the mails about an order: confirmed, sent, refunded."""

from __future__ import annotations

from datetime import datetime, timedelta

from kits.clock import today
from kits.host import session
from shop.links import external, order_url
from shop.orders.parcels.carriers import tracking_page
from shop.papers.confirmation import confirmation
from shop.papers.texts import as_text
from shop.payments.giving_back.reasons import GOODWILL
from shop.payments.tables import Refund
from shop.sample_mails import values
from shop.work.letters import letter
from shop.work.outbox import Letter


def confirmed(now: datetime) -> Letter:
    """The confirmation of a paid kit order, with the terms that are in force."""
    payment = values.payment(now)
    return confirmation(session(), payment.order, payment)


def sent(now: datetime) -> Letter:
    """A parcel has left with the whole order."""
    parcel = values.parcel(now)
    return _of_a_parcel("On its way", "parcel_sent", now, tracking_page=tracking_page(parcel.tracking))


def delivered(now: datetime) -> Letter:
    """The whole order has arrived, before the first session."""
    withdraw = external("refillery_storefront.withdraw", token=values.TOKEN)
    return _of_a_parcel("Delivered", "parcel_delivered", now, today=today(now), as_text=as_text, withdraw_url=withdraw)


def _of_a_parcel(subject: str, name: str, now: datetime, **about: object) -> Letter:
    order = values.order(now)
    return letter(
        f"{subject}: order {order.number}", f"shop/mails/{name}", order=order, parcel=values.parcel(now),
        lots=values.packed(now), to_come={}, links=[("To log your sessions", order_url(order.token))],
        url=order_url(order.token), **about,
    )  # fmt: skip


def link(now: datetime) -> Letter:
    """The link to an order that was looked up."""
    number, token = values.NUMBER, values.TOKEN
    return letter(f"Your order {number}", "shop/mails/order_link", url=order_url(token), number=number)


def refunded(now: datetime) -> Letter:
    """Half of a payment goes back."""
    refund = _refund(now)
    order = refund.payment.order
    about = {"refund": refund, "payment": refund.payment, "order": order, "said": ["Your refills go on as planned."]}
    return letter(f"{refund.money} goes back to you", "shop/mails/refund", **about, url=order_url(order.token))


def refund_failed(now: datetime) -> Letter:
    """The card that paid is closed."""
    refund = _refund(now)
    refund.problem = "expired_or_canceled_card"
    return _of_the_order("A refund of order {} failed", "refund_failed", now, refund=refund)


def disputed(now: datetime) -> Letter:
    """A bank looks into a payment."""
    payment = values.payment(now)
    payment.dispute, payment.dispute_answer_by = "open", now + timedelta(days=9)
    return _of_the_order("The payment of order {} is disputed", "dispute", now, payment=payment)


def warned(now: datetime) -> Letter:
    """A bank holds a payment for fraud."""
    return _of_the_order("A bank warns of fraud with order {}", "warned", now, payment=values.payment(now))


def _of_the_order(subject: str, name: str, now: datetime, **about: object) -> Letter:
    order = values.order(now)
    url = external("refillery_admin.order", number=order.number)
    return letter(subject.format(order.number), f"shop/mails/{name}", order=order, url=url, **about)


def _refund(now: datetime) -> Refund:
    paid = values.payment(now)
    return Refund(payment=paid, amount=paid.amount // 2, reason=GOODWILL, note="", asked_at=now)
