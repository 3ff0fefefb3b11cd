"""Announcing a new refill price to the running plans of a kit, and taking that back until the first mail is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, func, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from kits import audit
from kits.catalogue.notice import locked
from kits.catalogue.pricing import FARTHEST, check_amount
from kits.clock import today
from kits.errors import BadInput, NotFound, WrongState
from kits.host import unit
from kits.settings import currency, setting
from shop.work.outbox import Letter
from subscriptions.locks import changed
from subscriptions.prices import letters
from subscriptions.prices.tables import PENDING, TO_TELL, UNDONE, PlanPrice, PriceChange
from subscriptions.tables import ACTIVE, SCHEDULED, Refill, Subscription

UNDO = timedelta(hours=1)
"""How long the mails wait, so that a slip can be taken back before anyone has read of it."""
NOBODY = "No running plan has a refill to come from that day on at another price. There is nothing to announce."
LEFT = "The first mail is written, so this cannot be undone. Announce the old price to take its place."


@dataclass(frozen=True)
class NewRefillPrice:
    """What is announced: `amount` for one box in minor units, from `day` on; a `submission` announces once."""

    amount: int
    day: date
    submission: str


@dataclass(frozen=True)
class Outlook:
    """Whom an announcement concerns: plans that will pay more, less, or as now (another change is called off)."""

    rise: int
    fall: int
    same: int

    @property
    def plans(self) -> int:
        """All of them: each gets one mail."""
        return self.rise + self.fall + self.same


def announce(slug: str, new: NewRefillPrice, *, actor: str, now: datetime) -> int:
    """Announce a new refill price to a kit's running plans; the change's id. Commits.

    A row for each plan is written here, the mails an hour later by a duty. The
    same `submission` again announces nothing. Raises NotFound for an unknown
    kit, BadInput at `amount` or `day`.
    """
    with unit() as session:
        kit_id = locked(session, slug)
        mine = PriceChange.kit_id == kit_id, PriceChange.submission == new.submission
        if known := session.scalar(select(PriceChange.id).where(*mine)):
            return known
        check(session, kit_id, new, now)
        change = PriceChange(
            kit_id=kit_id,
            amount=new.amount,
            currency=currency(),
            from_day=new.day,
            notice_days=setting("PRICE_NOTICE_DAYS"),
            actor=actor,
            submission=new.submission,
            made_at=now,
            tell_from=now + UNDO,
        )
        session.add(change)
        session.flush()
        _write(session, change, now)
        told = {"amount": new.amount, "from": new.day.isoformat(), "change": change.id}
        audit.record(session, at=now, actor=actor, action="price.announced", subject=f"kit {slug}", **told)
        return change.id


def undo(change_id: int, *, actor: str, now: datetime) -> None:
    """Take an announcement back before its first mail is written; twice is once. Commits.

    Raises NotFound, and WrongState once a mail is written.
    """
    with unit() as session:
        change = update(PriceChange).where(PriceChange.id == change_id, PriceChange.undone_at.is_(None))
        if not changed(session, change.values(undone_at=now)):
            if session.get(PriceChange, change_id) is None:
                raise NotFound("There is no such announcement.")
            return
        mine = PlanPrice.change_id == change_id
        changed(session, update(PlanPrice).where(mine, PlanPrice.state == TO_TELL).values(state=UNDONE))
        if session.scalar(select(PlanPrice.id).where(mine, PlanPrice.announced_at.is_not(None)).limit(1)):
            raise WrongState(LEFT)
        audit.record(session, at=now, actor=actor, action="price.undone", subject=f"price change {change_id}")


def check(session: Session, kit_id: int, new: NewRefillPrice, now: datetime) -> Outlook:
    """Whom it would concern; raises BadInput as `announce` does."""
    check_amount(new.amount)
    day, time_to_go = today(now), timedelta(days=setting("PRICE_NOTICE_DAYS"))
    if not day <= new.day <= day + FARTHEST:
        raise BadInput("day", "Choose a day from today to a year ahead.")
    seen = outlook(session, kit_id, new, now)
    if not seen.plans:
        raise BadInput("amount", NOBODY)
    if seen.rise and new.day < day + time_to_go:
        raise BadInput("day", f"Choose a day at least {time_to_go.days} days ahead: {seen.rise} plans would pay more.")
    return seen


def outlook(session: Session, kit_id: int, new: NewRefillPrice, now: datetime) -> Outlook:
    """Whom it would concern, in one statement."""
    pay = Subscription.refill_amount
    counts = (func.count().filter(pay < new.amount), func.count().filter(pay > new.amount), func.count())
    rise, fall, plans = session.execute(_concerned(kit_id, new.amount, new.day, now, *counts)).one()
    return Outlook(rise, fall, plans - rise - fall)


def example(session: Session, kit_id: int, new: NewRefillPrice, now: datetime) -> Letter:
    """The mail as the first plan that is concerned would get it; there is one (`check`)."""
    whom = _concerned(kit_id, new.amount, new.day, now, Subscription).order_by(Subscription.id).limit(1)
    plan = session.scalars(whom).one()
    row = PlanPrice(subscription=plan, old_amount=plan.refill_amount, new_amount=new.amount, from_day=new.day)
    return letters.written(row, today(now))


def _concerned(kit_id: int, amount: int, day: date, now: datetime, *columns: Any) -> Select[Any]:
    """Running plans with a notice to come from that day on which pay another price, or were told of one."""
    plan, to_come = Subscription.id == Refill.subscription_id, [Refill.state == SCHEDULED, Refill.notice_id.is_(None)]
    if day > today(now):  # from today what is late counts, too: it is written next
        to_come.append(Refill.notice_on >= day)
    pending = exists().where(PlanPrice.subscription_id == Subscription.id, PlanPrice.state.in_(PENDING))
    return (
        select(*columns)
        .select_from(Subscription)
        .where(Subscription.kit_id == kit_id, Subscription.state == ACTIVE, Subscription.currency == currency())
        .where(or_(Subscription.refill_amount != amount, pending), exists().where(plan, *to_come))
    )


def _write(session: Session, change: PriceChange, now: datetime) -> None:
    """A row for each plan that is concerned, in one statement."""
    values = {
        "subscription_id": Subscription.id,
        "change_id": literal(change.id),
        "state": literal(TO_TELL),
        "old_amount": Subscription.refill_amount,
        "new_amount": literal(change.amount),
        "from_day": literal(change.from_day),
        "free_at": literal(0.0),
        "failures": literal(0),
    }
    rows = _concerned(change.kit_id, change.amount, change.from_day, now, *values.values())
    session.execute(insert(PlanPrice).from_select(list(values), rows, include_defaults=False))
