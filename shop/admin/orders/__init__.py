"""The order desk: orders, the packing list, packing by scanning, parcels, returns."""

from __future__ import annotations

from shop.admin.orders import orders, pack, packing, papers, returns

PARTS = (orders, packing, pack, papers, returns)
