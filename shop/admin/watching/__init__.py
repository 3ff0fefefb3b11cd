"""How the shop runs, for staff: what is watched, what is wrong, which workers there are."""

from __future__ import annotations

from shop.admin.watching import pages

PARTS = (pages,)
