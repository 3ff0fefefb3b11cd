"""Events from Stripe for staff: what came, what became of it, and working on one again."""

from __future__ import annotations

from shop.admin.events import pages

PARTS = (pages,)
