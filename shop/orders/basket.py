"""From what a customer wishes for to priced lines: plans checked, prices looked up, stock demands summed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from kits.catalogue.kits import PricedKit, kit_by_slug
from kits.catalogue.retiring import in_force
from kits.catalogue.session_plan import SessionPlan
from kits.catalogue.tables import KitComponent
from kits.clock import today
from kits.errors import BadInput
from kits.money import Money, add_up
from kits.stock.promises.reservations import Demand
from shop.registers import registers

MOST_A_LINE = 10
MOST_LINES = 5
LATEST_START_DAYS = 90


@dataclass(frozen=True)
class Wish:
    """One line as the customer asked for it, nothing of it checked yet."""

    kit: str
    quantity: int
    sessions: int
    every_weeks: int
    start: date
    refills: bool


@dataclass(frozen=True)
class PricedLine:
    """A line that can be sold: its plan is within the kit's limits, its prices are today's."""

    offer: PricedKit
    plan: SessionPlan
    quantity: int
    refills: bool

    @property
    def due_today(self) -> Money:
        """What this line costs now, VAT included."""
        return self.offer.price * self.quantity

    @property
    def refill_due(self) -> Money:
        """What each refill of this line costs."""
        return self.offer.refill_price * self.quantity

    @property
    def plan_total(self) -> Money:
        """What the whole plan costs; without refills just the kit."""
        return self.offer.total(self.plan, self.quantity) if self.refills else self.due_today

    @property
    def serves_until(self) -> date:
        """The last session that the serum in the kit is for."""
        return self.plan.box_serves_until(0)

    def demands(self) -> list[Demand]:
        """What it takes from stock: what a refill replaces must last for its box, the rest for the whole plan."""
        return [
            Demand(
                in_force(part.item).id,
                part.in_kit * self.quantity,
                self.serves_until if part.in_refill else self.plan.last_session,
            )
            for part in self.offer.kit.components
            if part.in_kit
        ]


def priced(session: Session, wishes: Sequence[Wish], now: datetime) -> list[PricedLine]:
    """Check and price each wish; raises BadInput at the first field that cannot be taken, NotFound for a kit."""
    if not 1 <= len(wishes) <= MOST_LINES:
        raise BadInput("lines", f"An order takes 1 to {MOST_LINES} lines.")
    return [price(kit_by_slug(session, wish.kit, now), wish, now) for wish in wishes]


def due_today(lines: Sequence[PricedLine]) -> Money:
    """What the whole basket costs now."""
    return add_up([line.due_today for line in lines], lines[0].due_today.currency)


def plan_total(lines: Sequence[PricedLine]) -> Money:
    """What all the plans of the basket cost to their end."""
    return add_up([line.plan_total for line in lines], lines[0].due_today.currency)


def summed(demands: Iterable[Demand]) -> list[Demand]:
    """Demands of the same item and day added up, in the order of items."""
    sums: Counter[tuple[int, date]] = Counter()
    for demand in demands:
        sums[demand.item_id, demand.serves_until] += demand.quantity
    return [Demand(item, units, until) for (item, until), units in sorted(sums.items())]


def refill_demands(
    components: Iterable[KitComponent], quantity: int, serves_until: date, sent: Mapping[int, int]
) -> list[Demand]:
    """What one refill takes from stock; `sent` gives for each component's item id that of the item sent for it."""
    parts = [(sent[part.item_id], part.in_refill * quantity) for part in components if part.in_refill]
    return summed(Demand(item_id, units, serves_until) for item_id, units in parts)


def price(offer: PricedKit, wish: Wish, now: datetime) -> PricedLine:
    """The wish for this kit as a line; raises BadInput at the first field that cannot be taken."""
    if not 1 <= wish.quantity <= MOST_A_LINE:
        raise BadInput("quantity", f"Choose a quantity from 1 to {MOST_A_LINE}.")
    if wish.refills and not registers().offers_refills:
        raise BadInput("refills", "This shop offers no refills.")
    plan = offer.kit.limits.plan(wish.sessions, wish.every_weeks, wish.start)
    first = today(now)
    if not first <= wish.start <= first + timedelta(days=LATEST_START_DAYS):
        raise BadInput("start", f"Choose a start from today to {LATEST_START_DAYS} days ahead.")
    return PricedLine(offer, plan, wish.quantity, wish.refills and bool(plan.refill_needs))
