"""Today: what waits for a person."""

from __future__ import annotations

from flask import render_template
from markupsafe import Markup
from sqlalchemy import select

from kits import clock
from kits.host import session
from shop.admin import lists
from shop.admin.mails.lists import held
from shop.reconciliation.telling import open_findings
from shop.registers import registers
from shop.returns.lists import counts
from shop.stock.watch import look


def today() -> str:
    """Orders to pack, mails that did not leave, what differs from Stripe, stock to look at, and the rooms' above."""
    now = clock.now()
    current = session()
    waiting, findings = current.execute(select(lists.how_many_to_pack(), open_findings(now))).one()
    return render_template(
        "shop/admin/today.html",
        today=clock.today(now),
        to_pack=lists.to_pack(current),
        waiting=waiting,
        mails=held(current),
        findings=findings,
        stock=look(current, clock.today(now)),
        returns=counts(current, clock.today(now)),
        cards=[Markup(card(now)) for card in registers().today_cards],  # noqa: S704 - safe by contract
    )


ROUTES = (("/", "today", today, ["GET"]),)
