"""What is on the shelf: items with their figures, and the lots behind them."""

from __future__ import annotations

from flask import render_template

from kits import clock
from kits.host import session
from kits.stock.figures import figures
from shop.admin.stock import lists


def stock() -> str:
    """Items with their figures, and the lots behind them."""
    today = clock.today(clock.now())
    rows = figures(session(), today)
    return render_template("shop/admin/stock/stock.html", rows=rows, lots=lists.lots(session()), today=today)


ROUTES = (("/stock", "stock", stock, ["GET"]),)
