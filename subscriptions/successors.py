"""Retired items, seen from a plan: what its refills send in their place, and that it was announced."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from kits.catalogue.offered import OfferedPart
from kits.catalogue.retiring import in_force
from kits.catalogue.tables import Item, KitComponent
from subscriptions.tables import Refill

Parts = Sequence[KitComponent | OfferedPart]


def changes(session: Session, refill: Refill, now: datetime) -> list[tuple[Item, Item]]:
    """What a notice written `now` names otherwise than the customer was last told: pairs of the old and the new."""
    told = _last_told(refill)
    pairs = [(session.get_one(Item, told[each]), new) for each, new in in_a_box(refill, now).items()]
    return [(old, new) for old, new in pairs if old is not new]


def in_a_box(refill: Refill, at: datetime) -> dict[int, Item]:
    """By the item id of each component of a refill box, the item that was in force `at`."""
    parts = [part.item for part in refill.subscription.kit.components if part.in_refill]
    return {item.id: in_force(item, at) for item in parts}


def sent(refill: Refill, now: datetime, parts: Parts | None = None) -> dict[int, int]:
    """By the item id of each component, the id of the item sent: what the notice announced, without one today's.

    `parts` are its kit's where they were read already.
    """
    if refill.notice is None:
        return _as_of(refill, now, parts)
    return _announced(refill, refill.notice.queued_at, parts)


def outdated(refill: Refill, now: datetime) -> bool:
    """True when something else is in force now than this refill's notice announced."""
    return refill.notice is not None and sent(refill, now) != _as_of(refill, now)


def _as_of(refill: Refill, at: datetime, parts: Parts | None = None) -> dict[int, int]:
    if parts is None:
        parts = refill.subscription.kit.components
    items: list[Any] = [part.item for part in parts if part.in_refill]
    return {item.id: in_force(item, at).id for item in items}


def _announced(refill: Refill, at: datetime, parts: Parts | None = None) -> dict[int, int]:
    """What the notice of `at` named; one written before that was kept named what was in force then."""
    return _as_of(refill, at, parts) | {component: item for component, item in refill.announced or ()}  # noqa: C416 - a pair in JSON is a list


def _last_told(refill: Refill) -> dict[int, int]:
    """What the customer was last told: by a notice of this refill or one before, else by the order."""
    made = refill.subscription.made_at
    if refill.announced:  # and is announced anew
        return _announced(refill, made)
    earlier = [each for each in refill.subscription.refills if each.number < refill.number and each.notice is not None]
    told = [(each.notice.queued_at, each.number, each) for each in earlier if each.notice]
    if not told:
        return _as_of(refill, made)
    at, _, last = max(told)
    return _announced(last, at)
