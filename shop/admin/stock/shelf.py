"""What is on the shelf: items with their figures, and the lots behind them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import render_template, request

from kits import clock
from kits.host import session
from kits.settings import setting
from kits.stock.figures import figures
from shop.admin.stock import lists


def stock() -> str:
    """Items with their figures, retired ones last, and the lots behind them, the first to expire first."""
    rows = figures(session(), clock.today(clock.now()))
    rows.sort(key=lambda row: row.item.retired_at is not None)
    return render_template("shop/admin/stock/stock.html", rows=rows, **shown_lots())


def shown_lots(item_id: int | None = None) -> dict[str, Any]:
    """What the table of lots needs: a page of them from `?after=` on, today, and until when a lot expires soon."""
    today = clock.today(clock.now())
    found = lists.lots(session(), item_id=item_id, after=lists.mark(request.args.get("after", "")))
    page = found[: lists.A_PAGE]
    return {
        "lots": page,
        "next_lot": page[-1].id if len(found) > len(page) else None,
        "today": today,
        "soon": today + timedelta(days=setting("EXPIRY_DAYS")),
    }


ROUTES = (("/stock", "stock", stock, ["GET"]),)
