"""Figures for Prometheus, counted by SQL at scrape time, so that every worker process tells the same."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from kits import clock, host
from kits.settings import setting
from shop.orders.tables import AWAITING, CANCELLED, PAID, REFUNDED, SHIPPED, Order
from shop.payments.tables import WebhookEvent
from shop.watching import reading
from shop.work.outbox import DEAD, QUEUED, REFUSED, OutboxMail


class ShopFigures(Collector):
    """What the tables of the shop say now."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Orders by state, mails that wait or were refused, webhooks not worked yet, alarms, workers."""
        yield _by_state("refillery_orders", "Orders by state.", Order, (AWAITING, PAID, SHIPPED, CANCELLED, REFUNDED))
        yield _by_state("refillery_mails", "Mails waiting, refused, given up.", OutboxMail, (QUEUED, REFUSED, DEAD))
        yield GaugeMetricFamily("refillery_webhooks_unprocessed", "Stored events not worked yet.", _unprocessed())
        yield _alarms()
        yield from _workers()


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


def _alarms() -> GaugeMetricFamily:
    """What is wrong now; how long it has to last before it matters, a monitor decides itself (`for:`)."""
    family = GaugeMetricFamily("refillery_alarm", "1 while this is wrong; see /admin/watch.", labels=["kind"])
    for kind, figure in reading.look(host.session(), clock.now()).figures.items():
        family.add_metric([kind], int(figure != 0))
    return family


def _workers() -> Iterator[GaugeMetricFamily]:
    there = [each for each in reading.workers(host.session()) if each[0].ended is None]
    late = 60 * float(setting("ALARM_WORKER_MINUTES"))
    seen = [(worker, ago) for worker, ago in there if ago <= late]
    yield GaugeMetricFamily("refillery_workers", "Workers that were seen lately.", len(seen))
    in_hand = sum(worker.in_hand for worker, _ in seen)
    yield GaugeMetricFamily("refillery_rows_in_hand", "Rows that they have claimed and not finished.", in_hand)
