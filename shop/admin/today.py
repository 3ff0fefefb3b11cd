"""Today: what waits for a person."""

from __future__ import annotations

from flask import render_template
from markupsafe import Markup

from kits import clock
from kits.host import session
from kits.stock.figures import figures
from shop.admin import lists
from shop.registers import registers


def today() -> str:
    """Orders to pack, mails that did not leave, items that run low, and the cards of the rooms above."""
    now = clock.now()
    current = session()
    return render_template(
        "shop/admin/today.html",
        today=clock.today(now),
        to_pack=lists.to_pack(current),
        waiting=lists.count_to_pack(current),
        mails=lists.mails(current),
        low=[row for row in figures(current, clock.today(now)) if row.low],
        cards=[Markup(card(now)) for card in registers().today_cards],  # noqa: S704 - safe by contract
    )


ROUTES = (("/", "today", today, ["GET"]),)
