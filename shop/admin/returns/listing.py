"""All returns, by state: first those whose refund is due first."""

from __future__ import annotations

from flask import render_template, request

from kits import clock
from kits.host import session
from shop.admin.orders.orders import from_query
from shop.returns import lists
from shop.returns.lists import STATES


def returns() -> str:
    """A page of returns; `?state=` picks some, without it all that are open; `?after=` goes on."""
    state = request.args.get("state", "")
    state = state if state in STATES else ""
    after = min(from_query("after") or 0, 1_000_000)
    current, today = session(), clock.today(clock.now())
    found = lists.returns(current, state=state, after=after)
    return render_template(
        "shop/admin/returns/returns.html",
        rows=found[: lists.A_PAGE],
        more=after + lists.A_PAGE if len(found) > lists.A_PAGE else None,
        failed=lists.failed(current),
        by_hand=lists.by_hand(current),
        state=state,
        states=STATES,
        today=today,
    )


ROUTES = (("/returns", "returns", returns, ["GET"]),)
