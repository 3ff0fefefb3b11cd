"""Figures for Prometheus."""

from __future__ import annotations

from datetime import datetime, timedelta

from prometheus_client.parser import text_string_to_metric_families

from kits import host
from shop.payments.tables import WebhookEvent
from shop.work.outbox import Letter, post
from tests.bench.statements import counted
from tests.servers.client import Visitor
from tests.shop.watching.conftest import a_worker, an_event


def figures(client: Visitor) -> dict[tuple[str, str], float]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    return {
        (sample.name, sample.labels.get("state") or sample.labels.get("kind", "")): sample.value
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


def test_alarms_and_workers_are_told_by_whichever_process_is_asked(client: Visitor, now: datetime) -> None:
    a_worker(2.0)
    a_worker(1.0)
    a_worker(400.0)
    a_worker(3.0, ended=1.0)
    an_event(now - timedelta(hours=1), done=False)
    found = figures(client)
    assert found["refillery_workers", ""] == 2
    assert found["refillery_rows_in_hand", ""] == 6
    assert {kind for name, kind in found if name == "refillery_alarm" and found[name, kind]} == {"events"}
    assert ("refillery_alarm", "overdue") in found


def test_a_scrape_takes_as_many_statements_however_much_there_is(client: Visitor, now: datetime) -> None:
    taken = list[int]()
    for number in range(2):
        with counted(host.engine()) as said:
            figures(client)
        taken.append(len(said))
        for ago in range(5):
            a_worker(10.0 * number + ago)
            an_event(now - timedelta(hours=1), done=False, number=10 * number + ago)
    assert taken[0] == taken[1] <= 8
