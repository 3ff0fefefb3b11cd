"""Who asks too often waits; nobody else does."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from kits import host
from shop.doors.limits import BUDGETS, client_network, spend
from tests.servers.client import Visitor


@pytest.fixture
def settings(settings: dict[str, Any]) -> dict[str, Any]:
    return {**settings, "SHOP_RATE_LIMIT_PER_MINUTE": 3}


def test_the_fourth_order_in_a_minute_is_told_how_long_to_wait(client: Visitor) -> None:
    answers = [client.post("/api/v1/orders", json={}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 429]
    assert answers[3].mimetype == "application/problem+json"
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 60


def test_a_page_tells_it_as_a_page(client: Visitor) -> None:
    answers = [client.post("/account/", data={}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [400, 400, 400, 429]
    assert "Too many requests" in answers[3].text


def test_reading_pages_is_not_limited(client: Visitor, stocked: str) -> None:
    assert {client.get(f"/kits/{stocked}").status_code for _ in range(6)} == {200}
    assert {client.get("/account/").status_code for _ in range(6)} == {200}


def test_each_address_has_a_budget_of_its_own(client: Visitor) -> None:
    for number in range(4):
        answer = client.post("/api/v1/orders", json={}, environ_base={"REMOTE_ADDR": f"192.0.2.{number}"})
        assert answer.status_code == 422


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("not an address", "\x00" * 400, True),
    ],
)
def test_whoever_owns_a_network_is_one_person(app: Flask, one: str, other: str, same: bool) -> None:
    def network(address: str) -> str:
        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            return client_network()

    assert (network(one) == network(other)) is same


def test_the_shop_stays_open_when_it_cannot_count(app: Flask) -> None:
    with host.unit() as session:
        session.execute(text("DROP TABLE shop_rate_window"))
    try:
        assert all(spend(BUDGETS["api"], "me") is None for _ in range(5))
    finally:
        from shop.doors.limit_storage import RateWindow

        RateWindow.__table__.create(host.engine())  # type: ignore[attr-defined]


def test_without_the_setting_signing_in_is_the_tightest(app: Flask) -> None:
    del app.config["SHOP_RATE_LIMIT_PER_MINUTE"]
    assert {name: budget.allowed for name, budget in BUDGETS.items()} == {"forms": 60, "api": 60, "sign-in": 10}
