"""Settling a page on which a card was saved: webhook and return page share it, and the second changes nothing."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from kits.host import outside_transaction, unit
from shop.customers.people import is_alive
from shop.payments.cards.keeping import keep, tell
from shop.payments.cards.tables import DONE, CardSetup
from shop.payments.gateway.contract import HostedPage
from shop.registers import CardFact

log = logging.getLogger("refillery.payments")


def settle(page: HostedPage, *, now: datetime) -> None:
    """Keep the card that a page, fresh from the gateway, has saved, and tell what it is for. Commits; once."""
    outside_transaction()
    card = page.saved
    if card is None:
        return
    with unit() as current:
        setup = _taken(current, page, now)
        if setup is None or not is_alive(current, setup.customer_id):
            return
        if card.customer != setup.customer.stripe_customer:
            log.error("the card of page %s is another customer's", page.id)
            return
        row = keep(current, card, setup.customer_id, now)
        setup.card_id = row.id
        current.flush()
        if row.gone_at is None:
            tell(current, CardFact("saved", row, now, setup.about))


def _taken(current: Session, page: HostedPage, now: datetime) -> CardSetup | None:
    """The setup that this page was made for, if nobody has settled it; it is settled by us then."""
    mine = or_(CardSetup.session_id == page.id, CardSetup.key == page.metadata.get("setup", ""))
    settled = update(CardSetup).where(mine, CardSetup.state != DONE)
    values = {"state": DONE, "session_id": page.id, "session_url": None, "ended_at": now}
    if not current.execute(settled.values(values)).rowcount:  # type: ignore[attr-defined]
        return None
    return current.scalars(select(CardSetup).where(CardSetup.session_id == page.id)).one()
