"""`make chaos [REFILLS=5000] [SEED=1]`: a storm over due refills, a table, and a line of JSON."""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import time
from pathlib import Path

from tests.chaos.run import Asked, run
from tests.chaos.setting import a_world
from tests.servers.quick import be_quick
from tests.servers.shop_server import started

LEASE_SECONDS = 3.0


def main() -> int:
    """Run, print, and say by the exit code whether all came right."""
    asked = _asked()
    # Whoever ends it so wants all the servers ended, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    be_quick()
    begun = time.monotonic()

    def told(what: str) -> None:
        print(f"{time.monotonic() - begun:7.1f} s  {what}", file=sys.stderr, flush=True)

    with a_world(started, lease_seconds=LEASE_SECONDS) as world:
        report = run(world, asked, told)
        print("\n".join(["", *report.table(), ""]))
        for violation in report.violations[:40]:
            print("VIOLATION:", violation)
        if logs := _arguments().logs:
            logs.mkdir(exist_ok=True)
            for log in world.folder.glob("*.log"):
                shutil.copy(log, logs)
        print(report.as_json(asked.seed), flush=True)
    return 1 if report.violations else 0


def _asked() -> Asked:
    given = _arguments()
    return Asked(given.refills, given.seed, given.kill_every, max(5, given.refills // 100), given.most)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos")
    parser.add_argument("--refills", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kill-every", type=float, default=10.0, help="seconds between two killed workers")
    parser.add_argument("--most", type=float, default=3600.0, help="seconds after which the storm ends in any case")
    parser.add_argument("--logs", type=Path, help="a folder to copy the logs of all processes to")
    return parser.parse_args()


sys.exit(main())
