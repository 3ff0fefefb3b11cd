"""The forecast over plans in bulk: 10 thousand active, 100 thousand, and a million finished ones beside them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import text

from kits import clock, host
from kits.catalogue import first_kit
from shop.customers.staff.members import add_staff
from subscriptions.forecast.keeping import forecast_all, keep_forecasts
from tests.bench.setting import Bench
from tests.bench.statements import counted

FEW, MANY, FINISHED = 10_000, 100_000, 1_000_000
TIMES = 5
BUYER = (
    "INSERT INTO shop_customer (id, email, name, created_at) VALUES (1, 'bench@example.org', 'B. Ench', now())",
    """INSERT INTO shop_order (id, number, token, kind, state, customer_id, root_number, currency, total_amount, name,
           line1, city, postcode, country, made_at, keep_until, writes, free_at, failures)
       VALUES (1, 'B-1', 'b-1', 'kit', 'shipped', 1, 'B-1', 'GBP', 8900, 'B. Ench', '1 Road', 'London', 'SE1 6HA',
           'GB', now(), now(), 0, 0, 0)""",
)
DAY = "CURRENT_DATE - (n % 200) - CAST(:ago AS int)"
PLANS = (
    f"""INSERT INTO shop_order_line (id, order_id, kit_id, title, quantity, unit_amount, refill_amount, sessions,
            every_weeks, start, refills, serves_until)
        SELECT n, 1, (SELECT min(id) FROM kits_kit), 'Kit', 1, 8900, 4900, 10, 4, {DAY}, true, {DAY} + 90
        FROM generate_series(CAST(:first AS int), :last) n""",
    f"""INSERT INTO subscriptions_subscription (id, order_id, line_id, customer_id, kit_id, state, sessions,
            every_weeks, start, last_session, quantity, refill_amount, currency, made_at, free_at, failures)
        SELECT n, 1, n, 1, (SELECT min(id) FROM kits_kit), :state, 10, 4, {DAY}, {DAY} + 252, 1 + (n % 3 = 0)::int,
            4900, 'GBP', now(), 0, 0 FROM generate_series(CAST(:first AS int), :last) n""",
    """INSERT INTO subscriptions_refill (id, subscription_id, number, state, needed_on, notice_on, charge_on,
           serves_until, free_at, failures)
       SELECT 2 * s.id + number - 2, s.id, number,
           CASE WHEN day <= CURRENT_DATE + 7 THEN 'shipped' ELSE 'scheduled' END, day, day - 14, day - 7,
           least(s.last_session, s.start + 91 * (number + 1)), 0, 0
       FROM subscriptions_subscription s, generate_series(1, 2) number,
           LATERAL (SELECT s.start + 91 * number AS day) d
       WHERE s.id BETWEEN :first AND :last""",
    """INSERT INTO shop_outbox_mail (id, key, "to", subject, text, html, message_id, state, queued_at, sent_at, free_at,
           failures)
       SELECT id, 'b' || id, 'bench@example.org', 'Refill', '', '', 'b' || id, 'sent',
           notice_on + id % 999 * interval '1s', now(), 0, 0 FROM subscriptions_refill
       WHERE subscription_id BETWEEN :first AND :last AND state = 'scheduled' AND notice_on <= CURRENT_DATE""",
    """UPDATE subscriptions_refill SET notice_id = id, state = 'notified'
       WHERE subscription_id BETWEEN :first AND :last AND state = 'scheduled' AND notice_on <= CURRENT_DATE""",
)


def forecast(bench: Bench) -> Iterator[dict[str, Any]]:
    """Seconds for the forecast of all items, how they grow with active and finished plans, and its page."""
    _run(BUYER)
    _plans(1, FEW)
    few = _seconds()
    _plans(FEW + 1, MANY)
    many = _seconds()
    with counted(host.engine()) as statements:
        _reckon()
    yield {"name": "forecast", "value": round(many, 3), "unit": "s", "sql": len(statements)}
    yield {"name": "forecast_growth", "value": round(many / few / (MANY / FEW), 3), "unit": "ratio", "sql": None}
    _plans(MANY + 1, MANY + FINISHED, state="ended", ago=400)
    yield {"name": "forecast_finished", "value": round(_seconds() / many, 3), "unit": "ratio", "sql": None}
    keep_forecasts(clock.now())
    look = _page(bench)
    with counted(host.engine()) as statements:
        look()
    yield {"name": "forecast_page", "value": round(1000 * _quickest(look), 1), "unit": "ms", "sql": len(statements)}


def _page(bench: Bench) -> Callable[[], object]:
    """Looks at the forecast of the serum as a member of staff does."""
    staff, word = "bench@example.org", "correct horse battery"
    with host.unit() as session:
        add_staff(session, staff, word, clock.now())
    client = bench.app.test_client()
    [token] = re.findall(r'name="csrf_token" value="([^"]+)"', client.get("/admin/sign-in").text)
    client.post("/admin/sign-in", data={"email": staff, "password": word, "csrf_token": token})
    page = f"/admin/forecast/{first_kit.SERUM}"
    assert client.get(page).status_code == 200
    return lambda: client.get(page)


def _reckon() -> None:
    forecast_all(host.session(), clock.now())
    host.end_reads()


def _seconds() -> float:
    return _quickest(_reckon)


def _quickest(work: Callable[[], object]) -> float:
    """Seconds, the quickest of a few times after one to warm up: what else the machine does only adds to it."""
    work()
    spent = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        work()
        spent.append(time.perf_counter() - begun)
    return min(spent)


def _plans(first: int, last: int, *, state: str = "active", ago: int = 0) -> None:
    """Plans by their numbers, each with two refills; those whose day was shipped, those near announced."""
    _run(PLANS, first=first, last=last, state=state, ago=ago)
    with host.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE subscriptions_subscription, subscriptions_refill, shop_outbox_mail"))


def _run(statements: tuple[str, ...], **values: object) -> None:
    with host.engine().begin() as connection:
        # Whether what they refer to is there need not be checked a million times: it is.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            connection.execute(text(statement), {name: values[name] for name in values if f":{name}" in statement})
