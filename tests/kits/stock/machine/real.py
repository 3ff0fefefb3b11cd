"""The real stock as the machine drives it: days are numbers, items are numbers, each call is a unit of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kits import host
from kits.catalogue.tables import Item
from kits.stock.figures import figures
from kits.stock.ledger import Cause
from kits.stock.moves.receiving import Delivery, receive
from kits.stock.promises import commitments, reservations
from kits.stock.promises.reservations import Demand, shelves
from kits.stock.proof import Disagreement, disagreements
from kits.stock.tables import Lot, Reservation
from tests.kits.stock.machine.counting import Want

FIRST = date(2027, 3, 1)
runs = count(1)


@dataclass
class Real:
    """Two new items; `keys` makes marks that no form had before."""

    items: list[Item]
    run: int
    today: int = 0

    @classmethod
    def begun(cls) -> Real:
        """Items that no earlier run has touched."""
        run = next(runs)
        with host.unit() as session:
            made = [Item(sku=f"MACHINE-{run}-{which}", name="One of two") for which in "AB"]
            session.add_all(made)
            session.flush()
            for item in made:
                session.refresh(item)
                session.expunge(item)  # read once, not at every step
            return cls(made, run)

    @property
    def ids(self) -> list[int]:
        """The items' ids."""
        return [item.id for item in self.items]

    def day(self, number: int) -> date:
        """The day of this number."""
        return FIRST + timedelta(days=number)

    @property
    def now(self) -> datetime:
        """Noon of the day it is."""
        return datetime(FIRST.year, FIRST.month, FIRST.day, 12, tzinfo=UTC) + timedelta(days=self.today)

    def cause(self, reason: str = "Found so.", order: str | None = None, key: str | None = None) -> Cause:
        """Why stock moves."""
        return Cause("staff:1", self.now, reason, order_number=order, key=key)

    def receive(self, item: int, code: str, units: int, expires: int) -> int:
        """Book a delivery; the lot's id."""
        lot = receive(Delivery(self.items[item].sku, code, units, self.day(expires)), self.cause())
        try:
            return lot.id
        finally:
            host.end_reads()

    def demands(self, wants: Iterable[Want]) -> list[Demand]:
        """What is wanted, as the stock takes it."""
        return [Demand(self.ids[want.item], want.units, self.day(want.until)) for want in wants]

    def reserve(self, order: str, wants: Iterable[Want], *, for_refill: bool) -> None:
        """Promise it to an order."""
        with host.unit() as session:
            reservations.reserve(
                session, order, self.demands(wants), today=self.day(self.today), now=self.now, for_refill=for_refill
            )

    def commit_to(self, source: str, wants: Iterable[Want]) -> None:
        """Keep it back for a refill."""
        with host.unit() as session:
            commitments.commit_to(
                session, source, self.demands(wants), wanted_on=self.day(self.today + 5), now=self.now
            )

    def reserve_again(self, order: str) -> None:
        """Promise once more what was let go."""
        with host.unit() as session:
            reservations.reserve_again(session, order, today=self.day(self.today), now=self.now)

    def within(self, work: Callable[[Session], object]) -> None:
        """One unit of work."""
        with host.unit() as session:
            work(session)

    def parcel(self, units: Mapping[int, int]) -> dict[int, int]:
        """Units by item as the stock takes them."""
        return {self.ids[item]: count for item, count in units.items()}

    def balances(self) -> dict[int, tuple[int, int, int]]:
        """On hand, set aside and in quarantine by lot id."""
        rows = select(Lot.id, Lot.on_hand, Lot.allocated, Lot.quarantined).where(Lot.item_id.in_(self.ids))
        return {lot: (there, aside, kept) for lot, there, aside, kept in host.session().execute(rows)}

    def promises(self) -> Counter[tuple[str, int, int, str, int | None]]:
        """Units by order, item, last day, state and lot id."""
        kinds = (Reservation.order_number, Reservation.item_id, Reservation.serves_until, Reservation.state)
        rows = select(*kinds, Reservation.lot_id, func.sum(Reservation.quantity))
        mine = rows.where(Reservation.item_id.in_(self.ids)).group_by(*kinds, Reservation.lot_id)
        found: Counter[tuple[str, int, int, str, int | None]] = Counter()
        for order, item, until, state, lot, units in host.session().execute(mine):
            found[order, self.ids.index(item), (until - FIRST).days, state, lot] += int(units)
        return found

    def figures(self) -> list[dict[str, int]]:
        """Both items' figures today."""
        found = figures(host.session(), self.day(self.today), self.items)
        return [{name: units for name, units in vars(each).items() if name != "item"} for each in found]

    def available(self, days: Iterable[int]) -> list[list[int]]:
        """By item: how many could be promised to last until each of the days."""
        found, today = shelves(host.session(), self.ids, self.day(self.today)), self.day(self.today)
        return [[found[item].available(self.day(until), today) for until in days] for item in self.ids]

    def disagreements(self) -> list[Disagreement]:
        """What the audit finds."""
        return disagreements(host.session())
