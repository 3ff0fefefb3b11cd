"""What customers are told of a recall: every mail is written in the transaction that causes it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from kits.clock import today
from kits.stock.tables import Lot
from shop.customers.personal.keeping import recall_contact
from shop.links import order_url
from shop.work.letters import letter
from shop.work.outbox import Letter, OutboxMail, post
from subscriptions.recall.boxes import BoxPlan
from subscriptions.recall.tables import RecalledBox
from subscriptions.tables import CHARGING, OPEN, Subscription


def recalled(
    session: Session, box: RecalledBox, plans: Sequence[BoxPlan], held: Sequence[Subscription], now: datetime
) -> OutboxMail | None:
    """The recall itself, once an order; None when nobody knows any more whose it was."""
    contact = recall_contact(session, box.order)
    if contact is None:
        return None
    day = today(now)
    charging = any(refill.state == CHARGING for plan in held for refill in plan.refills)
    mail = preview(
        box.recall.lot, box.recall.message, box.units, order_url(box.order.token), box.order.number,
        serves=any(plan.serves(day) for plan in plans), held=bool(held), charging=charging,
    )  # fmt: skip
    return post(session, f"recall-{box.recall_id}-{box.order_id}", contact, mail, now=now)


def preview(lot: Lot, message: str, units: int, url: str, number: str, **case: bool) -> Letter:
    """The recall's mail for one case: `serves` (sessions are planned with it), `held`, `charging`."""
    about = {"lot": lot, "message": message.strip(), "units": units, "url": url, "number": number, **case}
    return letter(f"Please stop using lot {lot.code} of {lot.item.name}", "subscriptions/mails/recall", **about)


def replaced(session: Session, box: RecalledBox, now: datetime) -> None:
    """The replacement that was waited for is being packed."""
    _post(session, box, "replaced", "Your replacement is being packed", now)


def goes_on(session: Session, box: RecalledBox, plans: Sequence[Subscription], now: datetime) -> None:
    """The plans go on; their next and last session are named, if a session is still to come."""
    days = [_days(plan, today(now)) for plan in plans]
    _post(session, box, "goes_on", "Your plan goes on: its new dates", now, days=[each for each in days if each])


def _days(plan: Subscription, today: date) -> dict[str, Any] | None:
    ahead = [day for day in plan.course_on(today).session_dates if day >= today]
    unsent = [refill.needed_on for refill in plan.refills if refill.state in OPEN and refill.needed_on >= today]
    return {"next": ahead[0], "last": ahead[-1], "refill": min(unsent, default=None)} if ahead else None


def about_box(name: str, subject: str, box: RecalledBox, **more: Any) -> Letter:
    """The mail of this name about a box that was recalled."""
    about = {"box": box, "lot": box.recall.lot, "url": order_url(box.order.token), **more}
    return letter(subject, f"subscriptions/mails/recall_{name}", **about)


def _post(session: Session, box: RecalledBox, name: str, subject: str, now: datetime, **more: Any) -> None:
    contact = recall_contact(session, box.order)
    if contact is None:
        return
    mail = about_box(name, subject, box, **more)
    post(session, f"recall-{name}-{box.recall_id}-{box.order_id}", contact, mail, now=now)
