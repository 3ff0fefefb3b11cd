"""What arrives: booked by hand or from a list, expected by purchase order."""

from __future__ import annotations

from shop.admin.receiving import receive

PARTS = (receive,)
