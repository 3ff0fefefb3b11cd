"""Writing down what the gateway says of a card, within an open unit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from shop.payments.cards.tables import SavedCard
from shop.payments.gateway.contract import Card
from shop.registers import CardFact, registers


def locked(session: Session, gateway_id: str) -> SavedCard | None:
    """The card's row under its lock, read afresh. Who needs a plan, too, takes it after this."""
    touched = update(SavedCard).where(SavedCard.gateway_id == gateway_id).values(looks=SavedCard.looks)
    session.execute(touched.execution_options(synchronize_session=False))
    mine = select(SavedCard).where(SavedCard.gateway_id == gateway_id)
    return session.scalars(mine.execution_options(populate_existing=True)).first()


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
    session.execute(insert(SavedCard.__table__).values(new).on_conflict_do_nothing(index_elements=["gateway_id"]))
    row = locked(session, card.id)
    assert row is not None, "it was written just now"
    return row


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
