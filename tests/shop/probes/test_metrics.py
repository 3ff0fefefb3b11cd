"""Figures for Prometheus."""

from __future__ import annotations

from datetime import datetime

from prometheus_client.parser import text_string_to_metric_families

from kits import host
from shop.payments.tables import WebhookEvent
from shop.work.outbox import Letter, post
from tests.servers.client import Visitor


def figures(client: Visitor) -> dict[tuple[str, str], float]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    return {
        (sample.name, sample.labels.get("state", "")): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_an_empty_shop_has_every_figure_at_zero(client: Visitor) -> None:
    found = figures(client)
    assert set(found.values()) == {0.0}
    assert {state for name, state in found if name == "refillery_orders"} == {
        "awaiting_payment",
        "paid",
        "shipped",
        "cancelled",
        "refunded",
    }


def test_what_waits_is_counted_whichever_process_is_asked(client: Visitor, now: datetime) -> None:
    with host.unit() as session:
        for key in ("a", "b"):
            post(session, key, "ada@example.org", Letter("s", "t", "h"), now=now)
        post(session, "c", "ada@example.org", Letter("s", "t", "h"), now=now).state = "refused"
        for number, done in (("1", None), ("2", now)):
            session.add(
                WebhookEvent(
                    event_id=f"evt_{number}", type="x", object_id="y", body="{}", received_at=now, processed_at=done
                )
            )
    for _ in range(2):
        found = figures(client)
        assert found["refillery_mails", "queued"] == 2
        assert found["refillery_mails", "refused"] == 1
        assert found["refillery_webhooks_unprocessed", ""] == 1
