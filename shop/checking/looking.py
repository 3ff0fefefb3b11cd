"""Looking at it all, as it stands now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shop.checking import settings, standing
from shop.checking.check import MISSING, Check, Found
from shop.registers import registers

OWN_CHECKS: tuple[Check, ...] = (
    settings.settings,
    standing.in_debug,
    standing.database,
    standing.people_at_work,
    standing.texts,
    standing.catalogue,
)


def look(now: datetime) -> list[Found]:
    """Everything that is checked, by every room, in their order. Reads only."""
    return [found for check in registers().checks for found in check(now)]


def missing(found: Sequence[Found]) -> list[Found]:
    """What has to be put right before the shop sells."""
    return [each for each in found if each.level == MISSING]
