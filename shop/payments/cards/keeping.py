"""Writing down what the gateway says of a card, within an open unit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from shop.payments.cards.tables import SavedCard
from shop.payments.gateway.contract import Card
from shop.registers import CardFact, registers

AFRESH = {"synchronize_session": False, "populate_existing": True}


def locked(session: Session, gateway_id: str) -> SavedCard | None:
    """The card's row under its lock, read afresh. Who needs a plan, too, takes it after this."""
    touched = update(SavedCard).where(SavedCard.gateway_id == gateway_id).values(looks=SavedCard.looks)
    return session.scalars(touched.returning(SavedCard).execution_options(**AFRESH)).first()


def keep(session: Session, card: Card, customer_id: int | None, now: datetime) -> SavedCard:
    """The row of a card as it was just seen, made if it is new; one that is gone stays so. Tells nobody. Flushes."""
    insert: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    new = {
        "gateway_id": card.id,
        "customer_id": customer_id,
        "saved_at": now,
        "looks": 0,
        "free_at": 0.0,
        "failures": 0,
        **_shown(card),
    }
    same = {"looks": SavedCard.looks}  # written all the same, so that the row is locked
    kept = insert(SavedCard).values(new).on_conflict_do_update(index_elements=["gateway_id"], set_=same)
    found: SavedCard = session.scalars(kept.returning(SavedCard).execution_options(populate_existing=True)).one()
    return found


def note(session: Session, row: SavedCard, card: Card, now: datetime) -> None:
    """Note on a locked row what the gateway says now, and tell the rooms above what that changes. Flushes."""
    before = {name: getattr(row, name) for name in _shown(card)}
    row.looks += 1
    if row.gone_at is not None:
        return
    if card.customer is None:
        row.gone_at = now
        tell(session, CardFact("gone", row, now))
    elif before != _shown(card):
        for name, value in _shown(card).items():
            setattr(row, name, value)
        session.flush()
        tell(session, CardFact("updated", row, now))
    session.flush()


def tell(session: Session, fact: CardFact) -> None:
    """Tell every card step, in the order they were registered."""
    for step in registers().card_steps:
        step(session, fact)


def _shown(card: Card) -> dict[str, Any]:
    return {
        "brand": card.brand,
        "last4": card.last4,
        "exp_month": card.exp_month,
        "exp_year": card.exp_year,
        "fingerprint": card.fingerprint,
    }
