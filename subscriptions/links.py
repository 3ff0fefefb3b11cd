"""Addresses of a plan's pages, for mails: they carry the token of its order."""

from __future__ import annotations

from shop.links import external
from subscriptions.tables import Subscription


def plan_url(endpoint: str, plan: Subscription, **values: object) -> str:
    """A page of a plan; its link lives as long as the order's."""
    return external(endpoint, token=plan.order.token, subscription_id=plan.id or 0, **values)
