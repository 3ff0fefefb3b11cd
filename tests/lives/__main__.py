"""`make simulate [CUSTOMERS=1000] [DAYS=730] [SEED=1]`: a cohort's two years, a table, a chart, and a line of JSON."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from kits import host
from kits.catalogue import first_kit
from tests.journeys.driving import Driver
from tests.lives.figures import as_json, chart, counts, table
from tests.lives.simulate import lived
from tests.servers.databases import PostgresDatabases, an_app
from tests.servers.quick import be_quick
from tests.servers.sandbox import KEY, SECRET, SandboxServer


def main() -> int:
    """Live, print, and say by the exit code whether the rules held."""
    asked = _asked()
    with ExitStack() as stack:
        driver = _driver(stack)
        cohort, watch = lived(driver, asked.customers, asked.days, asked.seed, _progress(asked.days))
        found = counts(cohort, watch)
        print("\n".join(["", *table(found, cohort), "", *chart(cohort), ""]))
        for violation in watch.violations[:20]:
            print("VIOLATION:", violation)
        print(as_json(found, asked.seed), flush=True)
    return 1 if found["violations"] else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make simulate")
    parser.add_argument("--customers", type=int, default=1000)
    parser.add_argument("--days", type=int, default=730)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _driver(stack: ExitStack) -> Driver:
    """A shop on PostgreSQL beside a sandbox, both of this process alone."""
    be_quick()
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="refillery-simulate-")))
    (folder / "mail").mkdir()
    databases, server = PostgresDatabases(), SandboxServer()
    stack.callback(databases.close)
    stack.callback(server.close)
    sandbox = stack.enter_context(server.fresh(folder / "sandbox.db", None))
    gateway = {"API_BASE": server.url, "SECRET_KEY": KEY, "WEBHOOK_SECRET": SECRET}
    config = {f"SHOP_STRIPE_{name}": value for name, value in gateway.items()}
    stack.enter_context(an_app(databases.lasting(folder), **config, SHOP_MAIL_URL=f"file:{folder / 'mail'}"))
    with host.unit() as session:
        slug = first_kit.plant(session, datetime(2020, 1, 1, tzinfo=UTC)).slug
    return Driver(slug, sandbox)


def _progress(length: int):  # type: ignore[no-untyped-def]
    begun = time.monotonic()

    def told(day: int) -> None:
        if sys.stderr.isatty() or day % 73 == 0:
            end = "\r" if sys.stderr.isatty() else "\n"
            print(f"day {day} of {length}, {time.monotonic() - begun:.0f} s", end=end, file=sys.stderr, flush=True)

    return told


sys.exit(main())
