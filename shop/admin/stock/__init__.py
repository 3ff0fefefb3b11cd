"""Stock for staff: items, lots, the ledger and its proof, corrections, stock-takes."""

from __future__ import annotations

from shop.admin.stock import shelf

PARTS = (shelf,)
