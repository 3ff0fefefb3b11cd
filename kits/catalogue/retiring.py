"""Retired items: archived, never deleted. What a retired item was sent for is served by its successor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from kits import audit
from kits.catalogue.kits import item_by_sku
from kits.catalogue.tables import Item
from kits.errors import BadInput, WrongState
from kits.host import unit
from kits.stock.promises.reservations import lock


def in_force(item: Item, at: datetime | None = None) -> Item:
    """What is sent for `item`, or was as of `at`: itself, or the end of the chain of its successors."""
    while item.retired_at is not None and (at is None or item.retired_at <= at) and item.successor is not None:
        item = item.successor
    return item


def retire(sku: str, successor_sku: str | None, *, actor: str, now: datetime) -> None:
    """Archive an item: from now on its successor is sent, and running plans move to it at their next notice. Commits.

    Without a successor what is left of it is used up. Raises NotFound for an
    unknown SKU, WrongState when it is retired already, BadInput at
    `successor` for itself, a retired item, or one that leads back to it.
    """
    with unit() as session:
        item = _locked(session, sku)
        if item.retired_at is not None:
            raise WrongState("This item is retired already.")
        item.successor = _successor(session, item, successor_sku) if successor_sku else None
        item.retired_at = item.moved_at = now
        audit.record(
            session, at=now, actor=actor, action="item.retired", subject=f"item {sku}", successor=successor_sku
        )


def bring_back(sku: str, *, actor: str, now: datetime) -> None:
    """Undo `retire`: the item is sent again. Commits; raises NotFound, WrongState unless it is retired."""
    with unit() as session:
        item = _locked(session, sku)
        if item.retired_at is None:
            raise WrongState("This item is not retired.")
        item.retired_at, item.successor, item.moved_at = None, None, now
        audit.record(session, at=now, actor=actor, action="item.brought_back", subject=f"item {sku}")


def _locked(session: Session, sku: str) -> Item:
    item = item_by_sku(session, sku)
    lock(session, [item.id])
    session.refresh(item)
    return item


def _successor(session: Session, item: Item, sku: str) -> Item:
    successor = item_by_sku(session, sku)
    if successor.retired_at is not None:
        raise BadInput("successor", f"{sku} is retired itself. Choose an item that is still sent.")
    if item in _chain(successor):
        raise BadInput("successor", "Choose another item than this one.")
    return successor


def _chain(item: Item | None) -> Iterator[Item]:
    while item is not None:
        yield item
        item = item.successor
