"""Every table of the shop, so that the models are whole however little of the shop a process uses."""

from __future__ import annotations

from shop.customers.personal import tables as personal
from shop.environment import tables as environment
from shop.owner import tables as owner
from shop.papers import tables as papers
from shop.payments.cards import tables as cards
from shop.payments.gateway import budget
from shop.reconciliation import tables as reconciliation
from shop.returns import tables as returns
from shop.selling import tables as selling
from shop.stock import tables as stock
from shop.watching import tables as watching

__all__ = [
    "budget",
    "cards",
    "environment",
    "owner",
    "papers",
    "personal",
    "reconciliation",
    "returns",
    "selling",
    "stock",
    "watching",
]
