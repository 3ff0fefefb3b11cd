"""Tables whose every change leaves a new mark in `kits_revision`, by triggers; `kits.steady` says what for."""

from __future__ import annotations

from alembic import op

FUNCTION = "kits_revision_mark"
_WRITE = "INSERT INTO kits_revision (id, mark) VALUES (1, {}) ON CONFLICT (id) DO UPDATE SET mark = excluded.mark"


def make_marks() -> None:
    """What the triggers call, and a first mark. The table is there already."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(_sqlite_write())
        return
    # The search path is that of now: a host's, or an administrator's, may be another when a trigger fires.
    op.execute(
        f"CREATE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$ "
        f"BEGIN {_postgres_write()}; RETURN NULL; END $$"
    )
    op.execute(_postgres_write())


def mark_changes(table: str, *columns: str) -> None:
    """Leave a mark with each INSERT, DELETE and TRUNCATE, and each UPDATE (of these columns alone, if any)."""
    change = f"UPDATE OF {', '.join(columns)}" if columns else "UPDATE"
    if op.get_bind().dialect.name == "sqlite":
        for event in ("INSERT", change, "DELETE"):
            name = f"{table}_mark_{event.split()[0].lower()}"
            op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {_sqlite_write()}; END")
        return
    op.execute(
        f"CREATE TRIGGER {table}_mark AFTER INSERT OR {change} OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}()"
    )


def _sqlite_write() -> str:
    return _WRITE.format("lower(hex(randomblob(16)))")


def _postgres_write() -> str:
    return _WRITE.format("gen_random_uuid()::text")
