"""Figures for Prometheus, counted by SQL at scrape time, so that every worker process tells the same."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from kits import host
from shop.orders.tables import AWAITING, CANCELLED, PAID, REFUNDED, SHIPPED, Order
from shop.payments.tables import WebhookEvent
from shop.work.outbox import DEAD, QUEUED, REFUSED, OutboxMail


class ShopFigures(Collector):
    """What the tables of the shop say now."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Orders by state, mails that wait or were refused, webhooks not worked yet."""
        yield _by_state("refillery_orders", "Orders by state.", Order, (AWAITING, PAID, SHIPPED, CANCELLED, REFUNDED))
        yield _by_state("refillery_mails", "Mails waiting, refused, given up.", OutboxMail, (QUEUED, REFUSED, DEAD))
        yield GaugeMetricFamily("refillery_webhooks_unprocessed", "Stored events not worked yet.", _unprocessed())


def metrics() -> Response:
    """The figures in Prometheus' text format."""
    # A registry a scrape: the process-wide one would add figures of this one worker.
    registry = CollectorRegistry()
    registry.register(ShopFigures())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _by_state(
    name: str, about: str, table: type[Order] | type[OutboxMail], states: tuple[str, ...]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, about, labels=["state"])
    counted = select(table.state, func.count()).where(table.state.in_(states)).group_by(table.state)
    found = {row[0]: row[1] for row in host.session().execute(counted)}
    for state in states:
        family.add_metric([state], found.get(state, 0))
    return family


def _unprocessed() -> int:
    waiting = select(func.count()).select_from(WebhookEvent).where(WebhookEvent.processed_at.is_(None))
    return host.session().scalar(waiting) or 0
