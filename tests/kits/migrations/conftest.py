"""Databases to upgrade, rows to find again, and revisions that come after ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from kits import clock, host, migrate
from kits.catalogue import first_kit
from tests.servers.apps import an_app
from tests.servers.ground import Ground

NEXT = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "kits_next", {head!r}, None, None


def upgrade():
    {steps}
"""
ADD = "op.create_table('kits_next', sa.Column('id', sa.Integer(), primary_key=True))"


@pytest.fixture
def bare(ground: Ground, engine_name: str, tmp_path: Path) -> Iterator[Engine]:
    """The engine of an app whose database has no table yet."""
    with an_app(ground.databases(engine_name).bare(tmp_path)):
        yield host.engine()


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Engine]:
    """A host's SQLite engine as the driver makes it: foreign keys off, transactions begun late."""
    engine = create_engine(f"sqlite:///{tmp_path / 'plain.db'}")
    with an_app(f"sqlite:///{tmp_path / 'other.db'}"):
        yield engine
    engine.dispose()


def register_next(folder: Path, *steps: str) -> None:
    """Let the current app have one more revision of kits, which takes `steps`."""
    head = ScriptDirectory.from_config(migrate._config()).get_revision("kits@head").revision
    (folder / "versions").mkdir()
    (folder / "versions" / "next.py").write_text(NEXT.format(head=head, steps="\n    ".join(steps)))
    migrate.register(current_app, folder)


def run(engine: Engine, statement: str) -> list[tuple[object, ...]]:
    with engine.begin() as connection:
        result = connection.execute(text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []


def planted(engine: Engine) -> list[tuple[object, ...]]:
    """The items that a newly planted kit refers to."""
    with Session(engine) as session:
        first_kit.plant(session, clock.now())
        session.commit()
    return components(engine)


def components(engine: Engine) -> list[tuple[object, ...]]:
    return run(engine, "SELECT i.sku, c.id FROM kits_kit_component c JOIN kits_item i ON i.id = c.item_id ORDER BY 1")
