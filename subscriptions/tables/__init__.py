"""Subscriptions and their refills."""

from __future__ import annotations

from subscriptions.tables.course import DeliveryAddress, Hold, SessionLog
from subscriptions.tables.plans import Subscription
from subscriptions.tables.refills import Refill
from subscriptions.tables.states import (
    ACTIVE,
    CANCELLED,
    CHARGING,
    DECLINED,
    DROPPED,
    ENDED,
    NEEDS_CUSTOMER,
    NOTIFIED,
    OPEN,
    PAID,
    SCHEDULED,
    SHIPPED,
    TO_COME,
    UNCLAIMED,
    UNPAID,
    WAITING,
)

__all__ = [
    "ACTIVE",
    "CANCELLED",
    "CHARGING",
    "DECLINED",
    "DROPPED",
    "ENDED",
    "NEEDS_CUSTOMER",
    "NOTIFIED",
    "OPEN",
    "PAID",
    "SCHEDULED",
    "SHIPPED",
    "TO_COME",
    "UNCLAIMED",
    "UNPAID",
    "WAITING",
    "DeliveryAddress",
    "Hold",
    "Refill",
    "SessionLog",
    "Subscription",
]
