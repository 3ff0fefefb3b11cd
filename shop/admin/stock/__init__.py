"""Stock for staff: items, lots, the ledger and its proof, corrections, stock-takes."""

from __future__ import annotations

from shop.admin.stock import audit, count, items, lots, retiring, shelf
from shop.admin.stock.ledger import pages as ledger

PARTS = (shelf, items, retiring, lots, ledger, count, audit)
