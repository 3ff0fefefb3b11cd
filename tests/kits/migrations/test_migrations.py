"""Migrations: they make the tables of the models, in a version table of our own, and leave a host's alone."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import Engine, inspect

from kits import host, migrate
from kits.migrate import VERSION_TABLE
from kits.tables import Base
from tests.kits.migrations.conftest import ADD, components, planted, register_next, run
from tests.servers.ground import Ground


def differences(engine: Engine) -> list[object]:
    """What Alembic would still change."""
    with engine.connect() as connection:
        ours = {"include_object": lambda thing, name, kind, *_: not (kind == "table" and name == VERSION_TABLE)}
        context = MigrationContext.configure(connection, opts={"compare_type": True, **ours})
        return list(compare_metadata(context, Base.metadata))


def test_an_upgrade_from_nothing_makes_the_tables_of_the_models(bare: Engine) -> None:
    assert inspect(bare).get_table_names() == []
    migrate.upgrade(bare)
    assert set(inspect(bare).get_table_names()) == {*Base.metadata.tables, VERSION_TABLE}
    assert differences(bare) == []


def test_a_difference_would_be_found(bare: Engine) -> None:
    migrate.upgrade(bare)
    run(bare, "ALTER TABLE kits_item DROP COLUMN claims")
    run(bare, "DROP INDEX ix_kits_lot_item_expiry")
    assert len(differences(bare)) == 2


def test_checks_of_the_models_stand_in_the_database(bare: Engine) -> None:
    migrate.upgrade(bare)
    for table in Base.metadata.sorted_tables:
        wanted = {str(check.name) for check in table.constraints if type(check).__name__ == "CheckConstraint"}
        found = {str(check["name"]) for check in inspect(bare).get_check_constraints(table.name)}
        assert wanted == found, table.name


def test_upgrading_again_changes_nothing(bare: Engine) -> None:
    migrate.upgrade(bare)
    before = planted(bare)
    migrate.upgrade(bare)
    assert components(bare) == before
    assert differences(bare) == []


def test_a_hosts_tables_and_its_version_are_left_alone(bare: Engine) -> None:
    run(bare, "CREATE TABLE kits_of_the_host (name TEXT)")
    run(bare, "INSERT INTO kits_of_the_host VALUES ('ours')")
    run(bare, "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
    run(bare, "INSERT INTO alembic_version VALUES ('abc')")
    migrate.upgrade(bare)
    assert run(bare, "SELECT * FROM kits_of_the_host") == [("ours",)]
    assert run(bare, "SELECT * FROM alembic_version") == [("abc",)]


def test_the_next_revision_of_one_package_reaches_a_database_that_has_all(bare: Engine, tmp_path: Path) -> None:
    migrate.upgrade(bare)
    register_next(tmp_path, ADD)
    migrate.upgrade(bare)
    assert inspect(bare).has_table("kits_next")


def test_a_package_alone_brings_only_its_own_tables(ground: Ground, engine_name: str, tmp_path: Path) -> None:
    from flask_sqlalchemy import SQLAlchemy

    from kits import Kits

    alone = Flask("kits alone")
    alone.config["SQLALCHEMY_DATABASE_URI"] = ground.databases(engine_name).bare(tmp_path)
    SQLAlchemy(alone)
    Kits(alone)
    with alone.app_context():
        migrate.upgrade(host.engine())
        names = inspect(host.engine()).get_table_names()
        host.engine().dispose()
    assert [name for name in names if not name.startswith(("kits_", VERSION_TABLE))] == []
    assert len(names) > 5
