"""From what a customer wishes for to priced lines: plans checked, prices looked up, stock demands summed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache

from dateutil.relativedelta import relativedelta

from kits.catalogue import offers
from kits.catalogue.kits import PricedKit
from kits.catalogue.offered import OfferedItem
from kits.catalogue.retiring import in_force
from kits.catalogue.session_plan import BOX_MONTHS, SessionPlan
from kits.clock import today
from kits.errors import BadInput, NotFound
from kits.host import Reader
from kits.money import Money, add_up
from kits.stock.promises.reservations import Demand
from shop.registers import registers

MOST_A_LINE = 10
MOST_LINES = 5
LATEST_START_DAYS = 90
REMEMBERED = 1000
"""How many lines a process remembers: plans differ in their start, but not in much else."""


@dataclass(frozen=True)
class Wish:
    """One line as the customer asked for it, nothing of it checked yet. A refill box bought alone has no plan."""

    kit: str
    quantity: int
    sessions: int | None = None
    every_weeks: int | None = None
    start: date | None = None
    refills: bool = False

    @property
    def loose(self) -> bool:
        """True for refill boxes bought alone."""
        return self.start is None


@dataclass(frozen=True)
class PricedLine:
    """A line that can be sold: its plan is within the kit's limits, its prices are today's.

    A refill box bought alone has no plan; it must last until `lasts_until`.
    """

    offer: PricedKit
    chosen: SessionPlan | None
    quantity: int
    refills: bool
    lasts_until: date | None = None

    @property
    def loose(self) -> bool:
        """True for refill boxes bought alone."""
        return self.chosen is None

    @property
    def plan(self) -> SessionPlan:
        """The plan it is for; raises ValueError for a loose box."""
        if self.chosen is None:
            raise ValueError("a loose box has no plan")
        return self.chosen

    @property
    def title(self) -> str:
        """What an order calls it."""
        return f"Refill box for the {self.offer.kit.name}" if self.loose else self.offer.kit.name

    @property
    def unit(self) -> Money:
        """What one of it costs now, VAT included."""
        return (self.offer.loose_price or self.offer.price) if self.loose else self.offer.price

    @property
    def due_today(self) -> Money:
        """What this line costs now, VAT included, before any discount."""
        return self.unit * self.quantity

    @property
    def refill_due(self) -> Money:
        """What each refill of this line costs."""
        return self.offer.refill_price * self.quantity

    @property
    def refills_total(self) -> Money:
        """What its refills cost together."""
        return self.refill_due * (len(self.plan.refill_needs) if self.refills else 0)

    @property
    def plan_total(self) -> Money:
        """What the whole plan costs; without refills just the line."""
        return self.due_today + self.refills_total

    @cached_property
    def serves_until(self) -> date:
        """The last session that the serum in the kit is for; the day until which a loose box must last."""
        return self.lasts_until or self.plan.box_serves_until(0)

    @cached_property
    def grams(self) -> int:
        """What it weighs, wrapped for sending."""
        return sum(item.weight_g * units for item, units, _ in self._parts())

    @cached_property
    def demands(self) -> tuple[Demand, ...]:
        """What it takes from stock: what a refill replaces must last for its box, the rest for the whole plan."""
        return tuple(
            Demand(item.id, units, self.serves_until if in_refill else self.plan.last_session)
            for item, units, in_refill in self._parts()
        )

    def _parts(self) -> list[tuple[OfferedItem, int, int]]:
        """The items that are sent, how many, and how many of them are in a refill box."""
        parts = [
            (in_force(part.item), part.in_refill if self.loose else part.in_kit, part.in_refill)
            for part in self.offer.kit.components
        ]
        return [(item, units * self.quantity, in_refill) for item, units, in_refill in parts if units]


def priced(reader: Reader, wishes: Sequence[Wish], now: datetime) -> list[PricedLine]:
    """Check and price each wish; raises BadInput at the first field that cannot be taken, NotFound for a kit."""
    return priced_of(offers.by_slugs(reader, [wish.kit for wish in wishes], now), wishes, now)


def priced_of(known: Mapping[str, PricedKit], wishes: Sequence[Wish], now: datetime) -> list[PricedLine]:
    """The same for kits that were read already."""
    if not 1 <= len(wishes) <= MOST_LINES:
        raise BadInput("lines", f"An order takes 1 to {MOST_LINES} lines.")
    return [price(offer_of(known, wish.kit), wish, now) for wish in wishes]


def offer_of(known: Mapping[str, PricedKit], slug: str) -> PricedKit:
    """The kit under `slug`; raises NotFound."""
    if slug not in known:
        raise NotFound("There is no such kit.")
    return known[slug]


def due_today(lines: Sequence[PricedLine]) -> Money:
    """What the whole basket costs now, without shipping and before any discount."""
    return add_up([line.due_today for line in lines], lines[0].due_today.currency)


def refills_total(lines: Sequence[PricedLine]) -> Money:
    """What all the refills that follow cost."""
    return add_up([line.refills_total for line in lines], lines[0].due_today.currency)


def plan_total(lines: Sequence[PricedLine]) -> Money:
    """What all the plans of the basket cost to their end."""
    return due_today(lines) + refills_total(lines)


def price(offer: PricedKit, wish: Wish, now: datetime) -> PricedLine:
    """The wish for this kit as a line; raises BadInput at the first field that cannot be taken."""
    return _line(offer, wish, today(now), registers().offers_refills)


@lru_cache(REMEMBERED)
def _line(offer: PricedKit, wish: Wish, day: date, offers_refills: bool) -> PricedLine:
    """The same on this `day`. A pure function of values, so a line that was worked out once is the same line again."""
    if not 1 <= wish.quantity <= MOST_A_LINE:
        raise BadInput("quantity", f"Choose a quantity from 1 to {MOST_A_LINE}.")
    if wish.sessions is None or wish.every_weeks is None or wish.start is None:
        return _loose(offer, wish, day)
    if wish.refills and not offers_refills:
        raise BadInput("refills", "This shop offers no refills.")
    plan = offer.kit.limits.plan(wish.sessions, wish.every_weeks, wish.start)
    if not day <= wish.start <= day + timedelta(days=LATEST_START_DAYS):
        raise BadInput("start", f"Choose a start from today to {LATEST_START_DAYS} days ahead.")
    return PricedLine(offer, plan, wish.quantity, wish.refills and bool(plan.refill_needs))


def _loose(offer: PricedKit, wish: Wish, day: date) -> PricedLine:
    """Boxes without a plan: nobody knows when they are opened, so they last three months from the day of ordering."""
    if offer.loose_price is None:
        raise BadInput("refill_box", "Boxes for this kit are not sold alone.")
    if wish.refills:
        raise BadInput("refills", "A box bought alone brings no refills.")
    return PricedLine(offer, None, wish.quantity, False, day + relativedelta(months=BOX_MONTHS))
