"""A recall among a million shipped orders: who received the lot, with their customers and plans."""

from __future__ import annotations

import statistics
import time
from typing import Any

from sqlalchemy import select, text

from kits import clock, host
from kits.stock.ledger import Cause
from kits.stock.recall.tables import Recall
from subscriptions.recall import recall as recalls
from subscriptions.recall.listing import recipients
from tests.bench.setting import Bench
from tests.bench.statements import counted

ORDERS, LOTS, TIMES = 1_000_000, 2_000, 7
FIRST_LOT, RECALLED = 1_000, 1_777
SERUM = "(SELECT item_id FROM kits_kit_component WHERE in_refill > 0)"
KIT = "(SELECT min(id) FROM kits_kit)"
DAY = "CURRENT_DATE - n % 300"
EACH = "FROM generate_series(1, CAST(:orders AS int)) n"
SHIPPED = (
    """INSERT INTO shop_customer (id, email, name, created_at)
       SELECT n, 'buyer' || n || '@example.org', 'Buyer ' || n, now() FROM generate_series(0, :orders / 10) n""",
    f"""INSERT INTO kits_lot (id, item_id, code, supplier, expires_on, received_at, on_hand, allocated, quarantined)
       SELECT :first_lot + n, {SERUM}, 'B-' || n, '', CURRENT_DATE + 500, now(), 0, 0, 0
       FROM generate_series(0, :lots - 1) n""",
    f"""INSERT INTO shop_order (id, number, token, kind, state, customer_id, root_number, currency, total_amount, name,
           line1, city, postcode, country, made_at, keep_until, paid_at, shipped_at, writes, free_at, failures)
       SELECT n, 'B-' || n, 'b-' || n, 'kit', 'shipped', n / 10, 'B-' || n, 'GBP', 8900, 'B. Ench',
           '1 Road', 'London', 'SE1 6HA', 'GB', {DAY}, now(), {DAY}, {DAY}, 0, 0, 0 {EACH}""",
    f"""INSERT INTO shop_order_line (id, order_id, kit_id, title, quantity, unit_amount, refill_amount, sessions,
           every_weeks, start, refills, serves_until)
       SELECT n, n, {KIT}, 'Kit', 1, 8900, 4900, 10, 4, {DAY}, true, {DAY} + 90 {EACH}""",
    f"""INSERT INTO subscriptions_subscription (id, order_id, line_id, customer_id, kit_id, state, sessions,
           every_weeks, start, last_session, quantity, refill_amount, currency, made_at, free_at, failures)
       SELECT n, n, n, n / 10, {KIT}, CASE WHEN n % 300 > 252 THEN 'ended' ELSE 'active' END, 10, 4, {DAY},
           {DAY} + 252, 1, 4900, 'GBP', now(), 0, 0 {EACH}""",
    f"""INSERT INTO kits_stock_movement (at, item_id, lot_id, kind, quantity, allocated, quarantined, actor, reason,
           note, order_number)
       SELECT {DAY}, {SERUM}, :first_lot + n % :lots, 'ship', -1, -1, 0, 'bench', '', '', 'B-' || n {EACH}""",
)
TABLES = "shop_customer, kits_lot, shop_order, shop_order_line, subscriptions_subscription, kits_stock_movement"


def recall(bench: Bench) -> dict[str, Any]:
    """Milliseconds for all 500 recipients of one lot: found in the ledger, then listed with customers and plans."""
    _ship_a_million()
    now = clock.now()
    found = recalls.begin(RECALLED, "A seal is not tight.", Cause("bench", now, "seal")).recall_id
    with counted(host.engine()) as statements:
        assert _listed(found) == ORDERS // LOTS
    spent = statistics.median(_milliseconds(found) for _ in range(TIMES))
    return {"name": "recall", "value": round(spent, 1), "unit": "ms", "sql": len(statements)}


def _milliseconds(recall_id: int) -> float:
    begun = time.perf_counter()
    _listed(recall_id)
    return 1000 * (time.perf_counter() - begun)


def _listed(recall_id: int) -> int:
    """What the page before the recall counts and the page after it lists; how many those are."""
    session, today = host.session(), clock.today(clock.now())
    seen = recalls.outlook(session, RECALLED, today)
    row = session.scalars(select(Recall).where(Recall.id == recall_id)).one()
    listed = {each.box.order.customer.email for each in recipients(session, row, today, most=seen.recipients)}
    host.end_reads()
    return len(listed)


def _ship_a_million() -> None:
    """A million shipped kits with their plans, out of 2,000 lots, to 100,000 customers."""
    about = {"orders": ORDERS, "lots": LOTS, "first_lot": FIRST_LOT}
    with host.engine().begin() as connection:
        # Whether what they refer to is there need not be checked a million times: it is.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in SHIPPED:
            named = {name: value for name, value in about.items() if f":{name}" in statement}
            connection.execute(text(statement), named)
    with host.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"VACUUM ANALYZE {TABLES}"))
