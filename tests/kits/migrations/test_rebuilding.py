"""Revisions that change a table by rebuilding it: what refers to it stays, on SQLite, too."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, StaticPool, create_engine, inspect, text
from sqlalchemy.exc import IntegrityError

from kits import migrate
from kits.engines import prepare
from kits.errors import TransactionOpen
from kits.migrate import BrokenReferences
from tests.kits.migrations.conftest import ADD, components, planted, register_next, run

REBUILD = """with op.batch_alter_table('kits_item') as table:
        table.create_check_constraint('named', "name <> 'x'")"""
BREAK = "op.execute('DELETE FROM kits_item')"


def checks(engine: Engine) -> set[str | None]:
    return {check["name"] for check in inspect(engine).get_check_constraints("kits_item")}


def test_a_table_that_others_refer_to_can_be_rebuilt(bare: Engine, tmp_path: Path) -> None:
    migrate.upgrade(bare)
    before = planted(bare)
    register_next(tmp_path, REBUILD)
    migrate.upgrade(bare)
    assert components(bare) == before != []
    assert "ck_kits_item_named" in checks(bare)
    with pytest.raises(IntegrityError):
        run(bare, "DELETE FROM kits_item")


@pytest.mark.parametrize("rebuild", [[], [REBUILD]])
def test_an_upgrade_that_breaks_a_reference_changes_nothing(bare: Engine, tmp_path: Path, rebuild: list[str]) -> None:
    migrate.upgrade(bare)
    before = planted(bare)
    register_next(tmp_path, ADD, *rebuild, BREAK)
    with pytest.raises((IntegrityError, BrokenReferences)):
        migrate.upgrade(bare)
    assert components(bare) == before
    assert not inspect(bare).has_table("kits_next")
    assert not migrate.is_current(bare)
    with pytest.raises(IntegrityError):
        run(bare, "DELETE FROM kits_item")


def test_a_hosts_plain_sqlite_is_upgraded_whole_or_not_at_all(plain: Engine, tmp_path: Path) -> None:
    migrate.upgrade(plain)
    before = planted(plain)
    register_next(tmp_path, ADD, REBUILD, BREAK)
    with pytest.raises(BrokenReferences, match="kits_kit_component"):
        migrate.upgrade(plain)
    assert components(plain) == before
    assert not inspect(plain).has_table("kits_next")
    assert "ck_kits_item_named" not in checks(plain)


def test_a_hosts_plain_sqlite_keeps_foreign_keys_off_and_what_was_broken_before(plain: Engine, tmp_path: Path) -> None:
    migrate.upgrade(plain)
    planted(plain)
    run(plain, "DELETE FROM kits_item")
    register_next(tmp_path, REBUILD)
    migrate.upgrade(plain)
    assert "ck_kits_item_named" in checks(plain)
    assert run(plain, "PRAGMA foreign_keys") == [(0,)]
    assert run(plain, "SELECT count(*) FROM kits_kit_component") == [(2,)]


def test_an_upgrade_is_refused_while_sqlites_one_connection_is_in_a_transaction(plain: Engine) -> None:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    prepare(engine)
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        with pytest.raises(TransactionOpen):
            migrate.upgrade(engine)
    engine.dispose()
