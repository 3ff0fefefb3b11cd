"""The confirmation of an order on a durable medium: all that was agreed, in the mail itself, to keep.

What it has to hold: the Consumer Contracts Regulations 2013, regulation 16
with schedule 2, among it the conditions and the form of withdrawal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits.catalogue.tables import ContraindicationNotice
from kits.settings import setting
from shop.links import external, order_url
from shop.orders.tables import Acknowledgement, Agreement, Order
from shop.owner import facts, pages
from shop.owner.facts import Facts
from shop.papers.said import percent, title_of, trader
from shop.papers.texts import as_text
from shop.payments.tables import Payment
from shop.selling.tables import ShippingMethod, ShippingZone
from shop.work.letters import letter
from shop.work.outbox import Letter

FORM_BEGINS = "give notice that I"
"""Words of every form of withdrawal: terms that hold one need not be followed by ours."""


@dataclass(frozen=True)
class Terms:
    """The terms of an order as text, and which version they are."""

    version: str
    text: str

    @property
    def hold_the_form(self) -> bool:
        """True when the form of withdrawal stands in them."""
        return FORM_BEGINS in self.text


def confirmation(session: Session, order: Order, payment: Payment) -> Letter:
    """The mail that confirms a paid kit order."""
    known = facts.read(session)
    return letter(
        f"Order {order.number} is paid",
        "shop/mails/order_confirmed",
        order=order,
        payment=payment,
        title_of=title_of,
        discount=sum(line.discount_amount for line in order.lines),
        percent=percent,
        days=_days(session, order),
        agreed=_agreed(session, order, "refill_charges"),
        key=_agreed(session, order, "key_information"),
        notices=_notices(session, order),
        terms=_terms(session, order, known),
        trader=trader(known, str(setting("NAME")), registered=order.vat_permille is not None),
        reply_to=known.trader_email or str(setting("MAIL_FROM")),
        invoice_url=external("refillery_storefront.invoice", token=order.token),
        withdraw_url=external("refillery_storefront.withdraw", token=order.token),
        url=order_url(order.token),
    )


def _terms(session: Session, order: Order, known: Facts) -> Terms:
    """Those the buyer agreed to; an order of before agreements were kept has those in force."""
    agreed = _agreed(session, order, "terms")
    if agreed is not None:
        return Terms(agreed.version, as_text(agreed.text))
    now = pages.current(session, "terms")
    return Terms(now.version, as_text(pages.plain(now.text, known)))


def _agreed(session: Session, order: Order, kind: str) -> Agreement | None:
    return session.scalars(select(Agreement).where(Agreement.order_id == order.id, Agreement.kind == kind)).first()


def _notices(session: Session, order: Order) -> Sequence[tuple[str, str]]:
    """Version and text of each notice that was acknowledged."""
    of = select(ContraindicationNotice.version, ContraindicationNotice.text).join(
        Acknowledgement, Acknowledgement.notice_id == ContraindicationNotice.id
    )
    found = session.execute(of.where(Acknowledgement.order_id == order.id).order_by(Acknowledgement.id))
    return [(version, as_text(text)) for version, text in found]


def _days(session: Session, order: Order) -> str:
    """How long the way of sending takes, as `2 to 3 working days`; empty when the shop does not say."""
    days = select(ShippingMethod.days_least, ShippingMethod.days_most, ShippingZone.countries).join(ShippingZone)
    mine = days.where(ShippingMethod.name == order.shipping_method).order_by(ShippingMethod.id)
    for least, most, countries in session.execute(mine):
        if order.country in countries:  # other zones may have a way of the same name
            return (
                f"{most} working day{'' if most == 1 else 's'}" if least == most else f"{least} to {most} working days"
            )
    return ""
