"""However many plans there are: the looks for work read indexes, never a whole table."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Select, exists, select, text
from sqlalchemy.dialects import postgresql

from kits import clock, host
from kits.tables import Base
from shop.registers import registers
from shop.work.duties import Duty
from shop.work.leases import database_seconds
from tests.bench import many
from tests.journeys.driving import Bought, Driver

PLANS, DUE = 20_000, 100
FEW = 1000
ID = f"{2 * many.BASE} + n"
GROWN = {
    "shop_order": {"number": ID, "token": ID, "submission": "NULL", "root_number": ID, "state": "'shipped'"},
    "shop_outbox_mail": {"key": ID, "message_id": ID, "text": "''", "html": "''"},
    "shop_payment": {"order_id": ID, "intent_id": ID},
    "shop_payment_attempt": {"order_id": ID, "key": ID, "session_id": ID, "intent_id": ID},
    "shop_saved_card": {"gateway_id": ID, "leaves_at": "NULL", "gone_at": "NULL"},
}
"""What else grows with the plans, and what is each row's own."""


@pytest.fixture
def grown(driver: Driver, bought: Bought) -> Iterator[set[str]]:
    """The tables that hold twenty thousand rows and more; a hundred refills are due."""
    driver.until_due(bought)
    many.copy(0, PLANS - 1, due=False)
    many.copy(PLANS, PLANS + DUE - 1, due=True)
    for table, own in GROWN.items():
        _fill(table, {"id": ID, **{name: f"({value})::text" if value == ID else value for name, value in own.items()}})
    with host.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    sizes = text("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > 15000")
    yield set(host.session().scalars(sizes))
    host.end_reads()


def _fill(table: str, own: dict[str, str]) -> None:
    """Twenty thousand copies of the table's first row."""
    columns = [column.name for column in Base.metadata.tables[table].columns]
    own = {name: value.removesuffix("::text") if name == "order_id" else value for name, value in own.items()}
    names, values = ", ".join(f'"{each}"' for each in columns), ", ".join(own.get(c, f'x."{c}"') for c in columns)
    first = f"(SELECT * FROM {table} ORDER BY id LIMIT 1) x"
    with host.unit() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        rows = f"INSERT INTO {table} ({names}) SELECT {values} FROM generate_series(1, {PLANS}) n, {first}"
        session.execute(text(rows))


def _plan(query: Select[tuple[bool]] | Select[tuple[int]]) -> str:
    written = str(query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))  # type: ignore[no-untyped-call]
    lines = host.session().scalars(text(f"EXPLAIN (ANALYZE, TIMING OFF) {written}".replace(":", "\\:"))).all()
    return "\n".join(lines)


def _looks(duty: Duty) -> Iterator[str]:
    """How the engine answers whether there is work, and which rows come first."""
    free = select(duty.table.id).where(duty.due(clock.now()), duty.table.free_at <= database_seconds())
    yield _plan(select(exists(free)))
    yield _plan(free.order_by(*([] if duty.order is None else [duty.order]), duty.table.id).limit(64))


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_no_duty_reads_a_whole_table_to_find_its_work(app: Flask, grown: set[str]) -> None:
    assert {"subscriptions_subscription", "subscriptions_refill", *GROWN} <= grown
    offenders = []
    for duty in registers().duties:
        for plan in _looks(duty):
            whole = grown & set(re.findall(r"Seq Scan on (\w+)", plan))
            looked_at = sum(int(rows) for rows in re.findall(r"Rows Removed by [\w ]+: (\d+)", plan))
            if whole or looked_at > FEW:
                offenders.append(f"{duty.name}: {plan}")
    assert offenders == []
