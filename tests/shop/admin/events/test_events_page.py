"""The list of events from Stripe: what waits and why, and a button that works on one again."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from kits import host
from kits.audit import AuditEntry
from shop.admin.events import lists
from shop.payments.tables import WebhookEvent
from tests.bench.statements import counted
from tests.shop.admin.conftest import Staff, words

Read = Callable[[Any], list[Any]]
Came = Callable[..., int]


@pytest.fixture
def came(now: datetime) -> Came:
    """`came(1, problem="…", done=False)` stores an event; its row's id."""

    def one(number: int, *, done: bool = True, **values: Any) -> int:
        about = {"type": "charge.updated", "object_id": f"ch_{number}", "body": "{}", "received_at": now, **values}
        with host.unit() as session:
            event = WebhookEvent(event_id=f"evt_{number}", processed_at=now if done else None, **about)
            session.add(event)
            session.flush()
            return event.id

    return one


def test_the_list_says_what_became_of_each_event(staff: Staff, came: Came) -> None:
    came(1)
    came(2, done=False)
    came(3, done=False, problem="Stripe is busy.")
    page = words(staff.get("/admin/events"))
    assert "2 wait to be worked on" in page
    assert re.findall(r"evt_\d|worked on|waits for another try|Stripe is busy", page.split("Again", 1)[1])[:6] == [
        "evt_3",
        "waits for another try",
        "Stripe is busy",
        "evt_3",
        "evt_2",
        "evt_2",
    ]


def test_what_waits_and_what_one_thing_is_about_can_be_picked(staff: Staff, came: Came) -> None:
    for number in (1, 2, 3):
        came(number, done=number != 2)

    def shown(query: str) -> set[str]:
        return set(re.findall(r"evt_\d", staff.get(f"/admin/events?{query}").text))

    assert shown("state=waiting") == {"evt_2"}
    assert shown("name=evt_3") == {"evt_3"}
    assert shown("name=ch_1") == {"evt_1"}
    assert shown("name=ch_1&state=waiting") == set()


@pytest.mark.parametrize("query", ["state=x", "before=x", "before=-1", "name=%00", "name=" + "a" * 5000, "state=%00"])
def test_an_odd_address_shows_a_list_all_the_same(staff: Staff, came: Came, query: str) -> None:
    came(1)
    assert staff.get(f"/admin/events?{query}").status_code == 200


def test_the_list_goes_on_page_by_page_in_as_many_statements(
    staff: Staff, came: Came, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "A_PAGE", 3)
    address, seen, statements = "/admin/events?state=waiting", list[str](), set[int]()
    for number in range(7):
        came(number, done=False)
    while address:
        with counted(host.engine()) as found:
            page = staff.get(address).text
        statements.add(len(found))
        seen += re.findall(r'rf-code">evt_(\d)', page)
        more = re.search(r'href="([^"]+before=\d+)"', page)
        address = more.group(1).replace("&amp;", "&") if more else ""
    assert seen == list("6543210")
    assert len(statements) == 1


def test_the_button_works_on_an_event_again_and_is_audited(staff: Staff, came: Came, read: Read) -> None:
    row_id = came(1, problem="It went wrong.", done=False)
    for _ in range(2):
        answer = staff.post(f"/admin/events/{row_id}/replay", page="/admin/events", state="waiting", name="evt_1")
        assert answer.status_code == 303
        assert answer.location == f"/admin/events?state=waiting&name=evt_1#event-{row_id}"
    assert None not in read(select(WebhookEvent.processed_at))
    assert read(select(WebhookEvent.problem)) == [None]
    entries = read(select(AuditEntry).where(AuditEntry.action == "event.replayed"))
    assert [(entry.actor.split(":")[0], entry.subject) for entry in entries] == [("staff", "event:evt_1")] * 2


def test_what_cannot_be_worked_on_now_is_said_and_left_to_the_worker(
    staff: Staff, came: Came, app: Flask, read: Read
) -> None:
    row_id = came(1, type="payment_intent.succeeded")
    app.config["SHOP_STRIPE_SECRET_KEY"] = ""
    answer = staff.post(f"/admin/events/{row_id}/replay", page="/admin/events")
    assert answer.status_code == 409
    assert "That did not work" in answer.text
    assert read(select(WebhookEvent.processed_at)) == [None]


def test_there_is_no_event_to_replay_and_nothing_without_the_forms_token(staff: Staff, came: Came, read: Read) -> None:
    row_id = came(1)
    assert staff.post("/admin/events/999/replay", page="/admin/events").status_code == 404
    assert staff.post(f"/admin/events/{2**70}/replay", page="/admin/events").status_code == 404
    assert staff.client.post(f"/admin/events/{row_id}/replay").status_code >= 400
    assert read(select(AuditEntry.id).where(AuditEntry.action == "event.replayed")) == []
