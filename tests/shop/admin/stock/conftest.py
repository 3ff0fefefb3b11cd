"""What the stock's pages are tested with: a desk that sends a lot's forms as its page shows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from kits import host
from kits.stock.ledger import Cause
from kits.stock.moves.receiving import Delivery, receive
from kits.stock.tables import Lot, StockMovement
from tests.bench.figures import counted
from tests.shop.admin.conftest import Staff
from tests.shop.storefront.conftest import hidden

SERUM_LOT = "LOT-SERUM-3M"


@dataclass
class Desk:
    """Someone at the stock's pages."""

    staff: Staff

    def correct(self, lot: int, action: str, **typed: object) -> TestResponse:
        """Send one of the lot's forms with the mark that its page shows."""
        path = f"/admin/stock/lots/{lot}"
        typed.setdefault("submission", hidden(self.staff.get(path), f"{action}-submission"))
        return self.staff.post(f"{path}/{action}", **{f"{action}-{name}": value for name, value in typed.items()})

    def count(self, typed: dict[str, object], query: str = "") -> TestResponse:
        """Send the stock-take's form as it was shown, with what was typed."""
        shown = self.staff.get(f"/admin/stock/count{query}")
        lots = [hidden_name.removeprefix("lot-") for hidden_name in typed if hidden_name.startswith("lot-")]
        expected = {f"expected-{lot}": hidden(shown, f"expected-{lot}") for lot in lots}
        form = {"submission": hidden(shown, "submission"), **expected, **typed}
        return self.staff.post("/admin/stock/count", **form)

    def statements(self, path: str) -> int:
        """How many SQL statements a page takes."""
        with counted(host.engine()) as found:
            assert self.staff.get(path).status_code == 200
        return len(found)


@pytest.fixture
def desk(staff: Staff, stocked: str) -> Desk:
    """Someone signed in, in front of 20 rollers and 20 serums."""
    return Desk(staff)


@pytest.fixture
def serum(stocked: str) -> int:
    """The id of the lot of 20 serums."""
    return lot_id(SERUM_LOT)


@pytest.fixture
def deliver(kit: str, now: datetime, today: date) -> Callable[..., int]:
    """`deliver("L1", 5, days=30)` receives a lot of serum that lasts 30 days, and returns its id."""

    def book(code: str, units: int, *, days: int, sku: str = "SERUM-3M") -> int:
        receive(Delivery(sku, code, units, today + timedelta(days=days), "Acme"), Cause("command", now))
        return lot_id(code)

    return book


def lot_id(code: str) -> int:
    """The id of the lot with this code."""
    found = host.session().scalars(select(Lot.id).where(Lot.code == code)).one()
    host.end_reads()
    return found


def balances(lot: int) -> tuple[int, int]:
    """Units on hand, and in quarantine."""
    found = host.session().execute(select(Lot.on_hand, Lot.quarantined).where(Lot.id == lot)).one()
    host.end_reads()
    return found[0], found[1]


def last() -> StockMovement:
    """The newest movement."""
    found = host.session().scalars(select(StockMovement).order_by(StockMovement.id.desc())).first()
    assert found is not None
    host.session().expunge(found)
    host.end_reads()
    return found
