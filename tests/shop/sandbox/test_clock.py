"""The sandbox's clock: forward only, ticking, kept."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shop.sandbox.app import create_sandbox


def test_the_clock_starts_at_real_time_and_ticks(own: Any) -> None:
    first = own.control("GET", "clock")
    assert first["epoch"] == pytest.approx(time.time(), abs=2)
    assert datetime.fromisoformat(first["now"]).timestamp() == first["epoch"]
    deadline = time.monotonic() + 2
    while own.control("GET", "clock")["epoch"] == first["epoch"]:
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("form", ["epoch", "iso", "naive", "zulu"])
def test_the_clock_is_moved_forward(own: Any, form: str) -> None:
    later = datetime.now(UTC).replace(microsecond=0) + timedelta(days=40)
    said = {
        "epoch": later.timestamp(),
        "iso": later.isoformat(),
        "naive": later.replace(tzinfo=None).isoformat(),
        "zulu": later.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    assert own.control("POST", "clock", {"now": said[form]})["epoch"] == pytest.approx(later.timestamp(), abs=2)
    assert own.stripe.v1.customers.create().created == pytest.approx(later.timestamp(), abs=2)


def test_the_clock_never_goes_back(own: Any) -> None:
    later = time.time() + 86400
    own.control("POST", "clock", {"now": later})
    answer = own.raw("POST", "/_sandbox/clock", data={"now": str(time.time())})
    assert answer.status_code == 200
    assert answer.json()["epoch"] == pytest.approx(later, abs=2)


@pytest.mark.parametrize("wrong", [{"now": "tomorrow"}, {}, {"now": None}])
def test_a_time_that_is_none_is_refused(own: Any, wrong: dict[str, Any]) -> None:
    assert own.raw("POST", "/_sandbox/clock", json=wrong).status_code == 400


def test_the_clock_survives_a_restart(tmp_path: Path) -> None:
    later = time.time() + 10 * 86400
    for said in ({"now": later}, None):
        app = create_sandbox(tmp_path / "s.db", webhook_url=None, webhook_secret="whsec_x")
        client = app.test_client()
        if said:
            client.post("/_sandbox/clock", json=said)
        assert client.get("/_sandbox/clock").json["epoch"] == pytest.approx(later, abs=3)
        app.extensions["sandbox"].close()


def test_a_session_expires_by_the_clock_and_by_itself(own: Any) -> None:
    session = own.session()
    own.control("POST", "clock", {"now": session.expires_at - 60})
    assert own.stripe.v1.checkout.sessions.retrieve(session.id).status == "open"
    own.control("POST", "clock", {"now": session.expires_at})
    deadline = time.monotonic() + 3
    while not own.stripe.v1.events.list(params={"type": "checkout.session.expired"}).data:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert own.pay(session, card="4242424242424242").status_code == 410
    assert own.control("GET", "charges")["data"] == []
    assert len(own.stripe.v1.events.list(params={"type": "checkout.session.expired"}).data) == 1


def test_new_sessions_are_held_to_the_moved_clock(own: Any) -> None:
    own.control("POST", "clock", {"now": time.time() + 30 * 86400})
    assert own.session().expires_at == pytest.approx(time.time() + 31 * 86400, abs=5)
