"""`make simulate [CUSTOMERS=1000] [DAYS=730] [SEED=1]`: a cohort's two years, a table, a chart, and a line of JSON."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import event

from kits import clock, host
from kits.catalogue import first_kit
from shop.work.demo_clock import tell_sandbox
from shop.work.mailing import sending
from tests.journeys.driving import Driver, morning
from tests.lives.cohort import figures
from tests.lives.cohort.drawing import drawn
from tests.lives.cohort.simulate import lived
from tests.servers.apps import an_app
from tests.servers.databases import SqliteFiles
from tests.servers.quick import be_quick, collect_rarely
from tests.servers.sandbox import KEY, SECRET, SandboxServer

BEGINS = date(2027, 1, 4)


def main() -> int:
    """Live, print, and say by the exit code whether the rules held."""
    asked = _asked()
    with ExitStack() as stack:
        driver = _driver(stack)
        cohort, watch = lived(driver, asked.customers, asked.days, asked.seed, _progress(asked.days))
        sent = figures.boxes(BEGINS, asked.days)
        found = figures.counts(cohort, watch, sent)
        print("\n".join(["", *figures.table(found, cohort.did), "", *figures.chart(sent, BEGINS), ""]))
        if asked.svg:
            asked.svg.write_text(drawn(figures.quarters(sent, BEGINS), found, BEGINS, asked.seed))
        for violation in watch.violations[:20]:
            print("VIOLATION:", violation)
        print(figures.as_json(found, asked.seed, asked.days), flush=True)
    return 1 if found["violations"] else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make simulate")
    parser.add_argument("--customers", type=int, default=1000)
    parser.add_argument("--days", type=int, default=730)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--svg", type=Path, help="where to draw the chart, too")
    return parser.parse_args()


def _driver(stack: ExitStack) -> Driver:
    """A shop on a file of SQLite beside a sandbox, both of this process alone: nothing here needs a server."""
    be_quick()
    collect_rarely()
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="refillery-simulate-")))
    (folder / "mail").mkdir()
    server = SandboxServer()
    stack.callback(server.close)
    sandbox = stack.enter_context(server.fresh(folder / "sandbox.db", None))
    gateway = {"API_BASE": server.url, "SECRET_KEY": KEY, "WEBHOOK_SECRET": SECRET}
    config = {f"SHOP_STRIPE_{name}": value for name, value in gateway.items()}
    url = SqliteFiles(folder).lasting(folder)
    stack.enter_context(an_app(url, **config, SHOP_MAIL_URL=f"file:{folder / 'mail'}"))
    event.listen(host.engine(), "connect", _never_wait_for_the_disk)
    sending.files_of = lambda *_: []  # a thousand invoices as PDF take two minutes, and nobody looks at them
    clock.begin_at(morning(BEGINS))
    clock.look_once()
    tell_sandbox(clock.now())
    with host.unit() as session:
        slug = first_kit.plant(session, datetime(2020, 1, 1, tzinfo=UTC)).slug
    return Driver(slug, sandbox)


def _never_wait_for_the_disk(connection: object, record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]


def _progress(length: int) -> Callable[[int], None]:
    begun = time.monotonic()

    def told(day: int) -> None:
        if sys.stderr.isatty() or day % 73 == 0:
            end = "\r" if sys.stderr.isatty() else "\n"
            spent = f"{time.monotonic() - begun:.0f} s, {time.process_time():.0f} s of the processor"
            print(f"day {day} of {length}, {spent}", end=end, file=sys.stderr, flush=True)

    return told


sys.exit(main())
