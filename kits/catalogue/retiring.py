"""Retired items: archived, never deleted. What a retired item was sent for is served by its successor."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from kits import audit
from kits.catalogue.kits import item_by_sku
from kits.catalogue.offered import OfferedItem
from kits.catalogue.tables import Item
from kits.errors import BadInput, WrongState
from kits.host import unit
from kits.stock.promises.reservations import lock

AnyItem = TypeVar("AnyItem", Item, OfferedItem)


def in_force(item: AnyItem, at: datetime | None = None) -> AnyItem:
    """What is sent for `item`, or was as of `at`: itself, or the end of the chain of its successors.

    `retire` closes no circle; one that was written by hand ends where it comes to an item again.
    """
    passed = set()
    while _is_retired(item, at) and item.successor is not None and item not in passed:
        passed.add(item)
        item = item.successor
    return item


def retire(sku: str, successor_sku: str | None, *, actor: str, now: datetime) -> None:
    """Archive an item: from now on its successor is sent, and running plans move to it at their next notice. Commits.

    Without a successor what is left of it is used up. Raises NotFound for an
    unknown SKU, WrongState when it is retired already, BadInput at
    `successor` for itself or a retired item.
    """
    with unit() as session:
        item, *successors = _locked(session, sku, *([successor_sku] if successor_sku else []))
        if item.retired_at is not None:
            raise WrongState("This item is retired already.")
        item.successor = _checked(item, successors[0]) if successors else None
        item.retired_at = item.moved_at = now
        audit.record(
            session, at=now, actor=actor, action="item.retired", subject=f"item {sku}", successor=successor_sku
        )


def bring_back(sku: str, *, actor: str, now: datetime) -> None:
    """Undo `retire`: the item is sent again. Commits; raises NotFound, WrongState unless it is retired."""
    with unit() as session:
        [item] = _locked(session, sku)
        if item.retired_at is None:
            raise WrongState("This item is not retired.")
        item.retired_at, item.successor, item.moved_at = None, None, now
        audit.record(session, at=now, actor=actor, action="item.brought_back", subject=f"item {sku}")


def _is_retired(item: Item | OfferedItem, at: datetime | None) -> bool:
    return item.retired_at is not None and (at is None or item.retired_at <= at)


def _locked(session: Session, *skus: str) -> list[Item]:
    """The items, locked together and read afresh: whoever retires one for the other meanwhile waits."""
    items = [item_by_sku(session, sku) for sku in skus]
    lock(session, [item.id for item in items])
    for item in items:
        session.refresh(item)
    return items


def _checked(item: Item, successor: Item) -> Item:
    """The successor, which leads nowhere else, so that no circle can close."""
    if successor is item:
        raise BadInput("successor", "Choose another item than this one.")
    if successor.retired_at is not None:
        raise BadInput("successor", f"{successor.sku} is retired itself. Choose an item that is still sent.")
    return successor
