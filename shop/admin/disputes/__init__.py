"""Disputes and warnings of fraud: which payments, and the evidence at hand for each."""

from __future__ import annotations

from shop.admin.disputes import pages

PARTS = (pages,)
