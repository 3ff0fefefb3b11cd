"""The order desk: orders, the packing list, packing by scanning, parcels, returns."""

from __future__ import annotations

from shop.admin.orders import delivered, elsewhere, orders, pack, packing, papers, returns

PARTS = (orders, delivered, packing, pack, papers, returns, elsewhere)
