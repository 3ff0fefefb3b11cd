"""The order desk: orders, packing, parcels."""

from __future__ import annotations

from shop.admin.orders import orders

PARTS = (orders,)
