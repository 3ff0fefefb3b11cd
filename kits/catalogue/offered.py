"""A kit as it is offered: plain values, read once, that a page may be kept by and a line of a basket carried with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from kits.catalogue.session_plan import PlanLimits


@dataclass(frozen=True)
class OfferedItem:
    """An item (SKU), and what is sent for it once it is retired; see `Item` for the columns."""

    id: int
    sku: str
    name: str
    weight_g: int
    millilitres: int | None
    sealed: bool
    retired_at: datetime | None
    successor: OfferedItem | None


@dataclass(frozen=True)
class OfferedPart:
    """How many of an item are in the kit and in one refill box."""

    item_id: int
    in_kit: int
    in_refill: int
    item: OfferedItem


@dataclass(frozen=True)
class OfferedNotice:
    """The contraindication notice in force."""

    id: int
    version: str
    text: str
    sha256: str
    effective_from: date


@dataclass(frozen=True)
class OfferedKit:
    """The kit itself; see `Kit` for the columns."""

    id: int
    slug: str
    name: str
    summary: str
    description: str
    needle_um: int
    how_to_use: str
    cleaning: str
    results: str
    limits: PlanLimits
    components: tuple[OfferedPart, ...]

    @property
    def min_sessions(self) -> int:
        """The fewest sessions of a plan."""
        return self.limits.min_sessions

    @property
    def max_sessions(self) -> int:
        """The most sessions of a plan."""
        return self.limits.max_sessions

    @property
    def min_weeks(self) -> int:
        """The fewest weeks between two sessions."""
        return self.limits.min_weeks

    @property
    def max_weeks(self) -> int:
        """The most weeks between two sessions."""
        return self.limits.max_weeks
