"""Migrations: they make the tables of the models, in a version table of our own, and leave a host's alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from sqlalchemy import Engine, create_engine, inspect, text

from kits import host, migrate
from kits.migrate import VERSION_TABLE
from kits.tables import Base
from tests.servers.databases import an_app
from tests.servers.ground import Ground


@pytest.fixture
def bare(ground: Ground, engine_name: str, tmp_path: Path) -> Iterator[Engine]:
    """The engine of an app whose database has no table yet."""
    with an_app(ground.databases(engine_name).bare(tmp_path)):
        yield host.engine()


def differences(engine: Engine) -> list[object]:
    """What Alembic would still change."""
    with engine.connect() as connection:
        ours = {"include_object": lambda thing, name, kind, *_: not (kind == "table" and name == VERSION_TABLE)}
        context = MigrationContext.configure(connection, opts={"compare_type": True, **ours})
        return list(compare_metadata(context, Base.metadata))


def run(engine: Engine, statement: str) -> list[tuple[object, ...]]:
    with engine.begin() as connection:
        result = connection.execute(text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []


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
    run(bare, "INSERT INTO kits_item (sku, name, claims) VALUES ('A', 'A', 0)")
    migrate.upgrade(bare)
    assert run(bare, "SELECT sku FROM kits_item") == [("A",)]
    assert differences(bare) == []


def test_a_hosts_tables_and_its_version_are_left_alone(bare: Engine) -> None:
    run(bare, "CREATE TABLE kits_of_the_host (name TEXT)")
    run(bare, "INSERT INTO kits_of_the_host VALUES ('ours')")
    run(bare, "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
    run(bare, "INSERT INTO alembic_version VALUES ('abc')")
    migrate.upgrade(bare)
    assert run(bare, "SELECT * FROM kits_of_the_host") == [("ours",)]
    assert run(bare, "SELECT * FROM alembic_version") == [("abc",)]


NEXT = """
from alembic import op
import sqlalchemy as sa

revision, down_revision, branch_labels, depends_on = "kits_next", {head!r}, None, None


def upgrade():
    op.create_table("kits_next", sa.Column("id", sa.Integer(), primary_key=True))
"""


def test_the_next_revision_of_one_package_reaches_a_database_that_has_all(bare: Engine, tmp_path: Path) -> None:
    migrate.upgrade(bare)
    scripts = ScriptDirectory.from_config(migrate._config())
    head = scripts.get_revision("kits@head").revision
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "next.py").write_text(NEXT.format(head=head))
    migrate.register(current_app, tmp_path)
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


def test_an_sqlite_file_in_a_new_place_can_be_upgraded(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'plain.db'}")
    with an_app(f"sqlite:///{tmp_path / 'other.db'}"):
        migrate.upgrade(engine)
    assert inspect(engine).has_table("kits_item")
    engine.dispose()
