"""The steps of a refill's story in which its plan rested, and what its customer said of the charge and of its box."""

from __future__ import annotations

from collections.abc import Iterator

from kits.dates import written
from subscriptions.tables import Hold
from subscriptions.why.rows import Rows, Step


def of(rows: Rows) -> Iterator[Step]:
    """Holds and pauses that began before its box left, the yes to its charge, and the choice about its box."""
    order = rows.refill.order
    left = min((parcel.shipped_at for parcel in order.parcels), default=None) if order is not None else None
    for hold in rows.refill.subscription.holds:
        if left is None or hold.made_at < left:
            yield from _rested(hold)
    yield from _asked(rows)
    yield from _agreed(rows)


def _rested(hold: Hold) -> Iterator[Step]:
    ids, cause = (f"hold {hold.id}",), " because of a recall" if hold.recall_id else ""
    text = f"Since {written(hold.from_day)}: nothing is charged or sent until it goes on."
    if hold.until_day is not None:
        text = f"From {written(hold.from_day)} until {written(hold.until_day)}: what was to come moved by those days."
    yield Step(hold.made_at, f"Your plan rested{cause}", text, ids)
    if hold.ended_at is not None:
        yield Step(hold.ended_at, "Your plan went on", "", ids)


def _asked(rows: Rows) -> Iterator[Step]:
    for mail in rows.asked:
        text = "Your plan was held or ended before it left us, so it was not packed until you chose."
        yield Step(mail.queued_at, "We asked whether to send or to refund it", text, (f"mail {mail.id}",))


def _agreed(rows: Rows) -> Iterator[Step]:
    when = rows.refill.confirmed_at
    if when is None:
        return
    of_box = bool(rows.asked) and when >= rows.asked[0].queued_at
    title = "It was to be sent all the same" if of_box else "You said yes to the charge"
    yield Step(when, title, "You chose so, or let your plan go on." if of_box else "")
