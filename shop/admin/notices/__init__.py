"""The contraindication notice for staff: its versions a kit, and publishing the next one."""

from __future__ import annotations

from shop.admin.notices import versions, writing

PARTS = (versions, writing)
