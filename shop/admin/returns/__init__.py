"""The returns desk: what is to come back, what came and what becomes of it, and the money."""

from __future__ import annotations

from shop.admin.returns import agreeing, listing, one, refunds

PARTS = (listing, one, agreeing, refunds)
