"""The proof that balances are what the ledger adds up to. It shows where they are not, and mends nothing."""

from __future__ import annotations

from flask import render_template

from kits import clock
from kits.host import session
from kits.stock.proof import prove


def audit() -> str:
    """Every balance compared with the ledger, now."""
    return render_template("shop/admin/stock/audit.html", proof=prove(session(), clock.now()))


ROUTES = (("/stock/audit", "stock_audit", audit, ["GET"]),)
