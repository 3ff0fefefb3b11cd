"""Writing down what the gateway says of a card, within an open unit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, select, union_all, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from kits.ready import Ready
from shop.payments.cards.tables import SavedCard
from shop.payments.gateway.contract import Card
from shop.registers import CardFact, registers

AFRESH = {"synchronize_session": False, "populate_existing": True}
_ROW: Any = SavedCard.__table__
_GIVEN = ("gateway_id", "customer_id", "saved_at", "brand", "last4", "exp_month", "exp_year", "fingerprint")
_NEW: dict[str, Any] = {name: bindparam(name, type_=_ROW.c[name].type) for name in _GIVEN}


def _keep(into: Any) -> Any:
    row = insert(into).values(_NEW | {"looks": 0, "free_at": 0.0, "failures": 0})  # SQLite has the same words for it
    # Written all the same where it is there, so that the row is locked.
    return row.on_conflict_do_update(index_elements=[_ROW.c.gateway_id], set_={"looks": _ROW.c.looks})


KEEP = _keep(_ROW)
"""Keeps a card as it was just seen, if it is new, and locks its row; `seen` is what it leaves open."""
_KEPT = _keep(SavedCard).returning(SavedCard).execution_options(populate_existing=True)


def locked(session: Session, gateway_id: str) -> SavedCard | None:
    """The card's row under its lock, read afresh. Who needs a plan, too, takes it after this."""
    touched = update(SavedCard).where(SavedCard.gateway_id == gateway_id).values(looks=SavedCard.looks)
    return session.scalars(touched.returning(SavedCard).execution_options(**AFRESH)).first()


def locking(*looks: Select[Any]) -> Ready:
    """A statement that locks the rows of the cards whose ids at the gateway the `looks` find, in their order."""
    mine = _ROW.c.gateway_id.in_(union_all(*looks))
    ordered = select(_ROW.c.id).where(mine).order_by(_ROW.c.gateway_id).with_for_update()
    return Ready(update(_ROW).where(_ROW.c.id.in_(ordered)).values(looks=_ROW.c.looks))


def keep(session: Session, card: Card, customer_id: int | None, now: datetime) -> SavedCard:
    """The row of a card as it was just seen, made if it is new; one that is gone stays so. Tells nobody. Flushes."""
    found: SavedCard = session.scalars(_KEPT, seen(card, customer_id, now)).one()
    return found


def seen(card: Card, customer_id: int | None, now: datetime) -> dict[str, Any]:
    """What KEEP leaves open."""
    return {"gateway_id": card.id, "customer_id": customer_id, "saved_at": now, **_shown(card)}


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
