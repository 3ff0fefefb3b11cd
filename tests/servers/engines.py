"""On which engines a test runs: on both, SQLite and PostgreSQL, unless `--pages-once` is given and it is of a page.

What a page says and how a form answers comes from the same templates and the same use cases on either engine, and
those use cases have tests of their own. So with `--pages-once` (`make test`) each test of PAGES and PAGES_AMONG_RULES
runs on one engine, told by its name: half of them on the one, half on the other. Everything else runs on both, always,
and so does whatever starts several things at once. `make testall` runs everything on both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol
from zlib import crc32

import pytest

ENGINES = ("sqlite", "postgresql")
PAGES = frozenset(
    f"tests/shop/{room}"
    for room in (
        "admin",
        "admin/mails",
        "admin/notices",
        "admin/orders",
        "admin/owner",
        "admin/receiving/test_delivery_list.py",
        "admin/stock",
        "api",
        "customers/account",
        "owner",
        "storefront",
    )
)
"""Folders, not those within them, and files. What is not named here runs on both: a new room does."""
PAGES_AMONG_RULES = frozenset(
    f"tests/{file}"
    for file in (
        "shop/papers/test_pages.py",
        "shop/returns/test_desk_pages.py",
        "subscriptions/acknowledging/test_page.py",
        "subscriptions/calendar/test_feed.py",
        "subscriptions/calendar/test_pages.py",
        "subscriptions/cards/test_pages.py",
        "subscriptions/controls/pages/test_change_pages.py",
        "subscriptions/controls/pages/test_session_pages.py",
        "subscriptions/forecast/test_pages.py",
        "subscriptions/pages/test_holding.py",
        "subscriptions/prices/test_pages.py",
        "subscriptions/recall/test_recall_pages.py",
        "subscriptions/stops/test_pages.py",
        "subscriptions/summing/test_mails.py",
        "subscriptions/why/test_pages.py",
    )
)
"""What pages, mails and calendars say of a room's rules, whose own files beside these run on both. Files only."""
NO_PAGES = tuple(
    f"tests/{room}"
    for room in (
        "journeys",
        "kits",
        "shop/customers/personal",
        "shop/customers/signing_in",
        "shop/orders",
        "shop/payments",
        "shop/returns",
        "shop/selling",
        "shop/stock",
        "shop/work",
        "subscriptions",
    )
)
"""Rules of money, stock, locks, duties, secrets and the database itself: none of these rooms may ever be in PAGES."""
AT_ONCE = {"at_once", "run_command", "serve", "served"}


class Test(Protocol):
    """What we ask of one of pytest's items."""

    nodeid: str
    fixturenames: Sequence[str]


def left_out(tests: Iterable[Test]) -> Iterator[Test]:
    """Those that need not run: pages on the other engine, when they are there on both."""
    pairs: dict[str, dict[str, Test]] = {}
    for test in tests:
        engine = _engine(test)
        if engine and is_page(test.nodeid) and not AT_ONCE & set(test.fixturenames):
            pairs.setdefault(_without(engine, test.nodeid), {})[engine] = test
    for name, pair in pairs.items():
        if len(pair) == len(ENGINES):
            yield pair[ENGINES[crc32(name.encode()) % 2]]


def is_page(nodeid: str) -> bool:
    """True for a test of PAGES or PAGES_AMONG_RULES."""
    file = nodeid.partition("::")[0]
    return file in PAGES_AMONG_RULES or not PAGES.isdisjoint((file, str(Path(file).parent)))


def _engine(test: Test) -> str | None:
    """Which engine the test is for; None when that is not one of its parameters."""
    parameters: dict[str, object] = getattr(getattr(test, "callspec", None), "params", {})
    return str(parameters["engine_name"]) if "engine_name" in parameters else None


def _without(engine: str, nodeid: str) -> str:
    """The name that a test has on either engine."""
    name, _, parameters = nodeid.partition("[")
    return f"{name}[{parameters.replace(engine, '', 1)}"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--pages-once`."""
    parser.addoption("--pages-once", action="store_true", help="run tests of pages on one engine each")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what need not run, after `-k` and the like have chosen."""
    if not config.getoption("--pages-once"):
        return
    gone = list(left_out(items))  # type: ignore[arg-type]
    if gone:
        config.hook.pytest_deselected(items=gone)
        names = {test.nodeid for test in gone}
        items[:] = [item for item in items if item.nodeid not in names]
