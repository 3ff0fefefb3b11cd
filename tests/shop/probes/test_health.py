"""Up, and ready."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from kits import host
from kits.migrate import VERSION_TABLE
from tests.servers.client import Visitor
from tests.shop.watching.conftest import an_event
from wsgi import create_app


def test_a_running_shop_is_up_and_ready(client: Visitor) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {
        "status": "ok",
        "database": "ok",
        "environment": "ok",
        "gateway_keys": "missing",
        "alarms": [],
    }


def test_keys_are_told_to_be_set_and_are_not_told(client: Visitor, app: Flask) -> None:
    app.config["SHOP_STRIPE_SECRET_KEY"] = "sk_test_secret"
    answer = client.get("/readyz")
    assert answer.json["gateway_keys"] == "set"
    assert "sk_test_secret" not in answer.text


def test_a_database_without_the_newest_schema_is_not_ready(client: Visitor) -> None:
    with host.unit() as session:
        kept = session.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalars().all()
        session.execute(text(f"DELETE FROM {VERSION_TABLE}"))
    try:
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json["database"]) == (503, "not migrated")
        assert client.get("/healthz").status_code == 200
    finally:
        with host.unit() as session:
            for version in kept:
                session.execute(text(f"INSERT INTO {VERSION_TABLE} VALUES (:version)"), {"version": version})


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_bare_database_is_not_ready(engine_name: str, tmp_path: Path) -> None:
    bare = create_app({"SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path / 'bare.db'}", "SECRET_KEY": "x"})
    assert bare.test_client().get("/readyz").status_code == 503


def test_a_database_out_of_reach_is_not_ready_and_the_process_is_up(tmp_path: Path) -> None:
    nowhere = "postgresql+psycopg://nobody:hidden@127.0.0.1:1/none"
    away = create_app({"SQLALCHEMY_DATABASE_URI": nowhere, "SECRET_KEY": "x"}).test_client()
    answer = away.get("/readyz")
    assert (answer.status_code, answer.json) == (
        503,
        {
            "status": "not ready",
            "database": "unreachable",
            "environment": "unknown",
            "gateway_keys": "missing",
            "alarms": None,
        },
    )
    assert away.get("/healthz").status_code == 200


def test_an_alarm_is_told_and_leaves_the_process_ready(client: Visitor, now: datetime) -> None:
    an_event(now - timedelta(hours=1), done=False)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["alarms"]) == (200, ["events"])
