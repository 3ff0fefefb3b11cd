"""What the owner says of the shop: the texts of its pages and its kits, and the facts."""

from __future__ import annotations

from shop.admin.owner import facts, kit_texts, texts

PARTS = (texts, kit_texts, facts)
