"""Plans in bulk, copied from a few that were really bought: some of them due, the others at rest."""

from __future__ import annotations

from sqlalchemy import Table, text

from kits import host
from kits.tables import Base

BASE = 10_000_000
"""Copies have ids from here on."""
SOURCES = """(SELECT s.*, row_number() OVER (ORDER BY id) - 1 AS pick, count(*) OVER () AS of
    FROM subscriptions_subscription s WHERE id < 10000000) s"""
PICKED = f"FROM generate_series(CAST(:first AS int), :last) n JOIN {SOURCES} ON s.pick = n % s.of"
ID = f"{BASE} + n"
DUE = "n < :due"
LATER = "CURRENT_DATE + 300 + n % 300"
FREE = {"claimed_by": "NULL", "free_at": "0", "failures": "0"}


def copy(first: int, last: int, *, due: bool) -> None:
    """Plans by their numbers: their first refill is due as that of the plan they are copied from, or was shipped."""
    refill = {
        "id": f"{BASE} + 2 * n + r.number", "subscription_id": ID, "order_id": "NULL",
        "notice_id": f"CASE WHEN r.number = 1 AND {DUE} THEN {ID} END",
        "state": f"CASE WHEN r.number > 1 THEN 'scheduled' WHEN {DUE} THEN 'notified' ELSE 'shipped' END",
        "committed_on": "NULL", "committed_at": "NULL", "paid_on": "NULL",
        "notice_on": f"CASE WHEN {DUE} THEN r.notice_on ELSE {LATER} END",
        "charge_on": f"CASE WHEN {DUE} THEN r.charge_on ELSE {LATER} + 7 END",
        "needed_on": f"CASE WHEN {DUE} THEN r.needed_on ELSE {LATER} + 14 END", **FREE,
    }  # fmt: skip
    # A plan that is charged ends as the one that it is a copy of: it has the same sessions.
    ends = f"CASE WHEN {DUE} THEN s.last_session ELSE {LATER} + 300 END"
    mail = {"id": ID, "key": f"'copy-' || ({ID})", "message_id": f"'copy-' || ({ID})", "text": "''", "html": "''"}
    rows = (
        _copied("shop_order_line", "o", "JOIN shop_order_line o ON o.id = s.line_id", id=ID),
        _copied("subscriptions_subscription", "s", "", id=ID, line_id=ID, last_session=ends, **FREE),
        _copied("subscriptions_refill", "r", "JOIN subscriptions_refill r ON r.subscription_id = s.id", **refill),
    )
    noticed = """JOIN subscriptions_refill r ON r.subscription_id = s.id AND r.number = 1
        JOIN shop_outbox_mail m ON m.id = r.notice_id"""
    if due:
        rows = (*rows, _copied("shop_outbox_mail", "m", noticed, **mail))
    with host.engine().begin() as connection:
        # Whether what they refer to is there need not be checked a million times: it is.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for row in rows:
            given = {"first": first, "last": last, "due": last + 1 if due else 0}
            connection.execute(text(row), {name: given[name] for name in given if f":{name}" in row})
    with host.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _copied(table: str, alias: str, joined: str, **instead: str) -> str:
    """An INSERT of whole rows of `table`, with other values for some columns."""
    known: Table = Base.metadata.tables[table]
    columns = ", ".join(f'"{column.name}"' for column in known.columns)
    values = ", ".join(instead.get(column.name, f'{alias}."{column.name}"') for column in known.columns)
    return f"INSERT INTO {table} ({columns}) SELECT {values} {PICKED} {joined}"
