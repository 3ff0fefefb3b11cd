"""Tables that only grow: the database itself refuses to change or delete a row of them."""

from __future__ import annotations

from alembic import op

REFUSAL = "is append-only: write another row instead"


def forbid_changes(table: str, *columns: str) -> None:
    """Refuse UPDATE (of these columns alone, if any) and DELETE (and TRUNCATE) on `table` by triggers."""
    change = f"UPDATE OF {', '.join(columns)}" if columns else "UPDATE"
    if op.get_bind().dialect.name == "sqlite":
        for event in (change, "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{event.split()[0].lower()} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} {REFUSAL}'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{table} {REFUSAL}'; END $$"
    )
    for event, each in ((f"{change} OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER {table}_no_{event.split()[0].lower()} BEFORE {event} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION {table}_refuse()"
        )


def allow_changes(table: str) -> None:
    """Take the triggers of `forbid_changes` away."""
    if op.get_bind().dialect.name == "sqlite":
        for event in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{event}")
        return
    op.execute(f"DROP FUNCTION {table}_refuse() CASCADE")
