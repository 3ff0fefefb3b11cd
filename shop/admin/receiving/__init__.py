"""What arrives: booked by hand or from a list, expected by purchase order."""

from __future__ import annotations

from shop.admin.receiving import delivery_list, new_order, purchase_orders, receive

PARTS = (receive, delivery_list, new_order, purchase_orders)
