"""Samples of the mails about withdrawals and returns."""

from __future__ import annotations

from datetime import datetime, timedelta

from kits.clock import today
from kits.host import session
from shop.links import order_url
from shop.owner import facts
from shop.returns.tables import WITHDRAWAL, Return, ReturnItem
from shop.sample_mails import values
from shop.work.letters import letter
from shop.work.outbox import Letter


def withdrawn(now: datetime) -> Letter:
    """A withdrawal from a whole kit that has arrived, its seals unbroken."""
    about = {"said": ["Your refills have ended; nothing more is charged."], "refund": None}
    return _of_a_return("withdrawn", f"You have withdrawn from order {values.NUMBER}", now, **about)


def agreed(now: datetime) -> Letter:
    """Staff agreed to take a kit back."""
    return _of_a_return("return_agreed", f"Your return of order {values.NUMBER}", now)


def ended(now: datetime) -> Letter:
    """What came back is not refunded."""
    return _of_a_return("return_ended", f"What you sent back of order {values.NUMBER}", now)


def _of_a_return(name: str, subject: str, now: datetime, **more: object) -> Letter:
    order = values.order(now)
    items = [ReturnItem(item=each.lot.item, units=each.units, opened=0, sent=True) for each in values.packed(now)]
    row = Return(
        order=order, number=1, kind=WITHDRAWAL, declared_at=now, send_by=today(now) + timedelta(days=14), items=items,
        note="The seals are broken, and sealed goods can be returned only while they are whole.",
    )  # fmt: skip
    about = {"row": row, "order": order, "shop": facts.read(session()), "url": order_url(order.token), **more}
    return letter(subject, f"shop/mails/{name}", **about)
