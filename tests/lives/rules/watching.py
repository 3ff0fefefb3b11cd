"""The rules of billing, held to what the gateway has charged. `Watch` raises nothing: it keeps what it finds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from kits import clock, host
from kits.catalogue.tables import Item
from kits.clock import today
from kits.settings import setting
from shop.orders.tables import Order
from shop.work.outbox import SENT, OutboxMail
from subscriptions.forecast.demand import plan_demand
from subscriptions.tables import ACTIVE, Refill, Subscription
from tests.journeys.driving import Driver
from tests.lives.rules import counting
from tests.lives.rules.missing_out import missed

Key = tuple[str, str]
"""An order's number and which of its refills."""
NAMED = re.compile(r"^Amount: £([\d,]+)\.(\d\d)", re.MULTILINE)


@dataclass(frozen=True)
class Charge:
    """What the gateway says of a refill's charge: when it was made in the shop's calendar, and how much it took."""

    key: Key
    day: date
    amount: int


class Watch:
    """Looks at what was charged since it looked last. `violations` are sentences; `charged` counts charges a refill.

    `by_hand` are refills that their customers paid for in person, `yes` says when each plan was last said yes to;
    whoever drives the plans writes both down here.
    """

    def __init__(self, driver: Driver) -> None:
        self._driver, self._seen = driver, {str(charge["id"]) for charge in driver.sandbox.charges()}
        self.violations: list[str] = []
        self.charged: Counter[Key] = Counter()
        self.by_hand: set[Key] = set()
        self.yes: dict[int, datetime] = {}

    def look(self) -> None:
        """Hold every charge since the last look to its notices and its plan as they stand."""
        day, session = today(clock.now()), host.session()
        for charge in self._new():
            self.charged[charge.key] += 1
            self._say(f"{day} {charge.key}", self._wrong(session, charge))
        host.end_reads()

    def late(self) -> None:
        """After all work is done: nothing that should have been charged by now was forgotten."""
        self._say(str(today(clock.now())), missed(host.session(), clock.now()))
        host.end_reads()

    def settle(self) -> None:
        """At the end: whatever the gateway has charged for is paid here, and nothing else is."""
        root = aliased(Order)
        paid = select(root.number, Refill.number).join(Refill.subscription).join(root, root.id == Subscription.order_id)
        found = host.session().execute(paid.where(Refill.paid_on.is_not(None)))
        ours = {(number, str(refill)) for number, refill in found}
        host.end_reads()
        theirs = {key for key in self._driver.charges() if key[1] != "-"}
        self._say("At the end", (f"{key} is paid here or there alone" for key in ours ^ theirs))

    def forecast(self) -> None:
        """What the forecast says is the sum over the plans' refills that are not ordered."""
        session, now = host.session(), clock.now()
        told = Counter[int]()
        for item, wanted in plan_demand(session, session.scalars(select(Item)).all(), now).items():
            told[item] += sum(each.units for each in wanted)
        if told != (ours := counting.summed(session)):
            self.violations.append(f"{today(now)} the forecast says {dict(told)}, the plans take {dict(ours)}")
        host.end_reads()

    def drift(self) -> None:
        """Every plan's days are those that are found by counting them one by one in the calendar."""
        running = select(Subscription).where(Subscription.state == ACTIVE).options(selectinload(Subscription.refills))
        for plan in host.session().scalars(running):
            self._say(f"{today(clock.now())} plan {plan.id}", counting.drifted(plan))
        host.end_reads()

    def _say(self, where: str, found: Iterator[str]) -> None:
        self.violations += [f"{where}: {what}" for what in found]

    def _new(self) -> list[Charge]:
        """Refills' charges since the last look, the oldest first."""
        fresh = [each for each in reversed(self._driver.sandbox.charges()) if each["id"] not in self._seen]
        self._seen.update(each["id"] for each in fresh)
        return [_charge(each) for each in fresh if "refill" in each["metadata"]]

    def _wrong(self, session: Session, charge: Charge) -> Iterator[str]:
        root = aliased(Order)
        mine = select(Refill).join(Refill.subscription).join(root, root.id == Subscription.order_id)
        refill = session.scalars(mine.where(root.number == charge.key[0], Refill.number == int(charge.key[1]))).first()
        if refill is None:
            yield "there is no such refill"
            return
        if self.charged[charge.key] > 1:
            yield f"it was charged {self.charged[charge.key]} times"
        if refill.paid_on != charge.day:
            yield f"it was charged on {charge.day}, and is noted as paid on {refill.paid_on}"
        yield from _unannounced(session, refill, charge)
        yield from _over(refill.subscription, charge.day)
        if charge.key not in self.by_hand:
            yield from self._unwanted(refill, charge)

    def _unwanted(self, refill: Refill, charge: Charge) -> Iterator[str]:
        """What must not be charged to a saved card, although its customer may pay it in person."""
        plan, day = refill.subscription, charge.day
        if any(hold.from_day <= day and (hold.until_day or date.max) > day for hold in plan.holds):
            yield "charged while its plan rests"
        if refill.told_on is None or day < refill.told_on:
            yield f"charged on {day}, before {refill.told_on}, which its notice named"
        if counting.stopped(plan.id):
            yield "charged while its plan is stopped"
        if setting("CONFIRM_CHARGES"):
            written = refill.notice.queued_at if refill.notice else None
            yes = self.yes.get(plan.id)
            if written is None or yes is None or yes < written:
                yield f"charged without a yes: it was announced at {written}, and the last yes is of {yes}"


def _charge(found: dict[str, Any]) -> Charge:
    about = found["metadata"]
    day = today(datetime.fromtimestamp(found["created"], UTC))
    return Charge((about["root_order"], about["refill"]), day, found["amount"])


def _unannounced(session: Session, refill: Refill, charge: Charge) -> Iterator[str]:
    """Read from the mails: one of at least seven days ago named this amount or more, and the last is one of those."""
    key = f"advance_notice-{refill.id}"
    mine = or_(OutboxMail.key == key, OutboxMail.key.startswith(f"{key}-", autoescape=True))
    mails = session.scalars(select(OutboxMail).where(mine).order_by(OutboxMail.id)).all()
    taken = [mail for mail in mails if mail.state == SENT and mail.sent_at is not None]
    old = [mail for mail in taken if mail.sent_at and today(mail.sent_at) <= charge.day - timedelta(days=7)]
    if not any(_named(mail, refill) >= charge.amount for mail in old):
        told = [(str(mail.sent_at), _named(mail, refill)) for mail in taken]
        yield f"{charge.amount} was charged on {charge.day}; announced was {told}"
    if refill.notice not in old:
        yield f"charged on {charge.day}, although its last notice is younger than seven days, or was not taken"


def _named(mail: OutboxMail, refill: Refill) -> int:
    """The amount in a notice, in minor units; after ninety days its words are cleared."""
    found = NAMED.search(mail.text)
    if mail.cleared_at is not None:
        return refill.notice_amount or 0
    return int(found[1].replace(",", "")) * 100 + int(found[2]) if found else 0


def _over(plan: Subscription, day: date) -> Iterator[str]:
    if plan.state != ACTIVE:
        yield "charged after its plan had ended"
    if day > plan.last_session:
        yield f"charged on {day}, after the last session on {plan.last_session}"
