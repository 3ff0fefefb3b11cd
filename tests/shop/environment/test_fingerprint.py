"""What tells a database from its copies."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine

from kits import host
from shop.environment import standing
from shop.environment.fingerprint import fingerprint
from shop.environment.standing import OtherEnvironment
from tests.servers.apps import an_app
from tests.shop.environment.conftest import Copy, at_work, work

only = pytest.mark.parametrize


def test_it_is_the_same_whoever_asks_and_another_in_a_copy(app: Flask, copy: Copy) -> None:
    here = standing.here()
    assert standing.here() == here
    with copy():
        assert standing.here() != here


@only("engine_name", ["postgresql"], indirect=True)
def test_who_may_not_ask_for_the_clusters_identifier_has_the_servers_address(app: Flask) -> None:
    with host.aside() as connection:
        sure = fingerprint(connection)
        connection.exec_driver_sql("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC")
        connection.exec_driver_sql("CREATE ROLE plain")
        try:
            connection.exec_driver_sql("SET ROLE plain")
            almost = fingerprint(connection)
        finally:
            connection.exec_driver_sql("RESET ROLE")
            connection.exec_driver_sql("DROP ROLE plain")
    assert sure.startswith("postgresql cluster ")
    assert almost.startswith("postgresql server ")
    assert sure.split(", ")[1] == almost.split(", ")[1], "the database's oid stands in both"


@only("engine_name", ["sqlite"], indirect=True)
def test_a_file_that_was_moved_is_like_a_copy(app: Flask, tmp_path: Path) -> None:
    at_work()
    config = {name: value for name, value in app.config.items() if name.startswith("SHOP_")}
    app.extensions["sqlalchemy"].session.remove()
    host.engine().dispose()
    old = Path(app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///"))
    moved = old.rename(tmp_path / "moved.db")
    with an_app(f"sqlite:///{moved}", **config), pytest.raises(OtherEnvironment, match="it is a copy, or it was moved"):
        work()


def test_a_database_in_memory_has_one_too() -> None:
    with create_engine("sqlite://").connect() as connection:
        assert fingerprint(connection) == "sqlite in memory"
