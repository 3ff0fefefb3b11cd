"""What new buyers pay: dated prices, set from a day on, and taken back until they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kits import audit
from kits.catalogue.notice import locked
from kits.catalogue.tables import Price
from kits.clock import today
from kits.errors import BadInput, WrongState
from kits.host import unit
from kits.money import Money
from kits.settings import currency, timezone

KINDS = {"kit": "The kit", "refill": "A refill in a plan", "loose": "A refill box bought alone"}
FARTHEST = timedelta(days=365)
MOST = 10_000_000
"""No price is higher, in minor units: ten of it are still a number that every column holds."""


@dataclass(frozen=True)
class NewPrice:
    """A price to set: `kind` one of KINDS, `amount` in minor units; a `submission` sets one price."""

    kind: str
    amount: int
    day: date
    submission: str


def set_price(slug: str, new: NewPrice, *, actor: str, now: datetime) -> None:
    """Set what new buyers of a kit pay from a day on: from today is at once. Commits.

    The same `submission` again sets nothing. Raises NotFound for an unknown
    kit, BadInput at `kind`, `amount` or `day`.
    """
    with unit() as session:
        kit_id = locked(session, slug)
        if session.scalar(select(Price.id).where(Price.kit_id == kit_id, Price.submission == new.submission)):
            return
        check(session, kit_id, new, now)
        about = {"amount": new.amount, "currency": currency(), "submission": new.submission}
        session.add(Price(kit_id=kit_id, kind=new.kind, valid_from=begins(new.day, now), **about))
        told = {"kind": new.kind, "amount": new.amount, "from": new.day.isoformat()}
        audit.record(session, at=now, actor=actor, action="price.set", subject=f"kit {slug}", **told)


def take_back(price_id: int, *, actor: str, now: datetime) -> None:
    """Take back a price that does not hold yet; twice is once. Commits. Raises WrongState once it holds."""
    with unit() as session:
        row = session.get(Price, price_id)
        if row is None:
            return
        told = {"kind": row.kind, "amount": row.amount, "kit": row.kit_id}
        gone = session.execute(delete(Price).where(Price.id == price_id, Price.valid_from > now))
        if not gone.rowcount:  # type: ignore[attr-defined]
            raise WrongState("This price holds already. Set another one to take its place.")
        audit.record(session, at=now, actor=actor, action="price.taken_back", subject=f"price {price_id}", **told)


def check(session: Session, kit_id: int, new: NewPrice, now: datetime) -> None:
    """Raises BadInput as `set_price` does for what cannot be set."""
    if new.kind not in KINDS:
        raise BadInput("kind", "Choose what the price is for.")
    check_amount(new.amount)
    if not today(now) <= new.day <= today(now) + FARTHEST:
        raise BadInput("day", "Choose a day from today to a year ahead.")
    begin, known = begins(new.day, now), prices(session, kit_id, new.kind)
    if any(each.valid_from == begin for each in known):
        raise BadInput("day", "Another price begins on that day. Take it back first.")
    before = in_force(known, begin)
    if before is not None and before.amount == new.amount:
        raise BadInput("amount", f"It costs {Money(new.amount, currency())} then already. Give another price.")


def check_amount(amount: int) -> None:
    """Raises BadInput at `amount` for what no price can be."""
    if not 1 <= amount <= MOST:
        raise BadInput("amount", f"Give a price from {Money(1, currency())} to {Money(MOST, currency())}.")


def prices(session: Session, kit_id: int, kind: str) -> Sequence[Price]:
    """All prices of this kind that the kit had, has and will have, the oldest first."""
    mine = select(Price).where(Price.kit_id == kit_id, Price.kind == kind)
    return session.scalars(mine.order_by(Price.valid_from)).all()


def in_force(known: Sequence[Price], at: datetime) -> Price | None:
    """The one of them that holds at a moment, in the shop's own currency."""
    ours = [each for each in known if each.valid_from <= at and each.currency == currency()]
    return max(ours, key=lambda each: each.valid_from, default=None)


def begins(day: date, now: datetime) -> datetime:
    """When a price of that day begins: at midnight in the shop's zone, today's at once."""
    return now if day == today(now) else datetime.combine(day, time(), timezone()).astimezone(UTC)
