"""Retired items, seen from a plan: what its refills send in their place, and that it was announced."""

from __future__ import annotations

from datetime import datetime

from kits.catalogue.retiring import in_force
from kits.catalogue.tables import Item
from subscriptions.tables import Refill


def changes(refill: Refill, at: datetime) -> list[tuple[Item, Item]]:
    """What a refill announced `at` sends otherwise than the box before it: pairs of the item until now and the new."""
    before = _announced_before(refill)
    parts = [part.item for part in refill.subscription.kit.components if part.in_refill]
    pairs = [(in_force(item, before), in_force(item, at)) for item in parts]
    return [(old, new) for old, new in pairs if old is not new]


def outdated(refill: Refill, now: datetime) -> bool:
    """True when something this refill's notice announced was retired since."""
    if refill.notice is None:
        return False
    told = refill.notice.queued_at
    parts = [part.item for part in refill.subscription.kit.components if part.in_refill]
    return any(in_force(item, told) is not in_force(item, now) for item in parts)


def _announced_before(refill: Refill) -> datetime:
    """When the customer was last told what a box holds: by the notice of the refill before, else by the order."""
    earlier = [each for each in refill.subscription.refills if each.number < refill.number and each.notice is not None]
    return max((each.notice.queued_at for each in earlier if each.notice), default=refill.subscription.made_at)
