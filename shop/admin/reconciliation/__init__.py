"""Where Stripe and the shop do not agree, for staff: what was found, and a button that mends each."""

from __future__ import annotations

from shop.admin.reconciliation import pages

PARTS = (pages,)
