"""Kits, plans and notices over the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.servers.client import Visitor

PLANS = [
    (6, 2, "2027-03-15", []),
    (10, 2, "2027-05-10", ["2027-04-04"]),
    (6, 4, "2027-05-24", ["2027-04-04"]),
    (10, 3, "2027-07-12", ["2027-04-04", "2027-07-04"]),
    (10, 4, "2027-09-13", ["2027-04-04", "2027-07-04"]),
]


def plan(client: Visitor, kit: str, **query: Any) -> Any:
    return client.get(f"/api/v1/kits/{kit}/plan", query_string=query)


def test_a_shop_without_kits_has_an_empty_list(client: Visitor) -> None:
    assert client.get("/api/v1/kits").json == {"kits": []}


def test_each_kit_comes_with_its_prices_and_the_plans_it_allows(client: Visitor, kit: str) -> None:
    (found,) = client.get("/api/v1/kits").json["kits"]
    assert found.pop("summary")
    assert found == {
        "slug": kit,
        "name": "Mesotherapy kit",
        "price": {"amount": 8900, "currency": "GBP"},
        "refill_price": {"amount": 4900, "currency": "GBP"},
        "sessions": {"min": 6, "max": 10},
        "every_weeks": {"min": 2, "max": 4},
    }


@pytest.mark.parametrize(("sessions", "weeks", "last", "refills"), PLANS)
def test_a_plan_is_worked_out_to_its_last_session(
    client: Visitor, kit: str, sessions: int, weeks: int, last: str, refills: list[str]
) -> None:
    found = plan(client, kit, sessions=sessions, every_weeks=weeks, start="2027-01-04").json
    assert (len(found["sessions"]), found["sessions"][0], found["sessions"][-1]) == (sessions, "2027-01-04", last)
    assert found["refills"] == refills
    assert found["boxes"] == 1 + len(refills)
    assert found["total"] == {"amount": 8900 + 4900 * len(refills), "currency": "GBP"}


@pytest.mark.parametrize("start", ["0001-01-01", "1900-02-28", "2024-02-29", "8999-12-31"])
def test_a_plan_may_start_on_any_date(client: Visitor, kit: str, start: str) -> None:
    found = plan(client, kit, sessions=6, every_weeks=2, start=start)
    assert (found.status_code, found.json["sessions"][0]) == (200, start)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sessions", "5"),
        ("sessions", "11"),
        ("sessions", "0"),
        ("sessions", "-6"),
        ("sessions", "9" * 5000),
        ("sessions", "true"),
        ("sessions", "6.0"),
        ("sessions", "٦"),
        ("sessions", ""),
        ("every_weeks", "1"),
        ("every_weeks", "5"),
        ("every_weeks", "NaN"),
        ("start", "2027-02-30"),
        ("start", "2027-1-4"),
        ("start", "20270104"),
        ("start", "2027-W01-1"),
        ("start", "9999-12-31"),
        ("start", "10000-01-01"),
        ("start", "0000-01-01"),
        ("start", "2027-01-04T00:00"),
        ("start", "\x00"),
    ],
)
def test_a_plan_outside_the_limits_is_refused_at_its_field(client: Visitor, kit: str, field: str, value: str) -> None:
    answer = plan(client, kit, **{"sessions": "6", "every_weeks": "2", "start": "2027-01-04", field: value})
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert [error["field"] for error in answer.json["errors"]] == [field]


def test_every_missing_field_is_named(client: Visitor, kit: str) -> None:
    answer = plan(client, kit)
    assert {error["field"] for error in answer.json["errors"]} == {"sessions", "every_weeks", "start"}


@pytest.mark.parametrize("slug", ["nothing", "%00", "%ff", "a" * 3000, "%ED%A0%80"])
def test_an_unknown_kit_is_not_found(client: Visitor, kit: str, slug: str) -> None:
    answer = plan(client, slug, sessions=6, every_weeks=2, start="2027-01-04")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_the_notice_in_force_is_told_with_its_version(client: Visitor, kit: str) -> None:
    found = client.get("/api/v1/notice", query_string={"kit": kit}).json
    assert found["version"] == "1"
    assert "talk to your doctor first" in found["text"]


@pytest.mark.parametrize(("slug", "status"), [("nothing", 404), ("\x00", 422), ("", 422), ("k" * 101, 422)])
def test_a_notice_of_no_kit_is_refused(client: Visitor, kit: str, slug: str, status: int) -> None:
    assert client.get("/api/v1/notice", query_string={"kit": slug}).status_code == status
