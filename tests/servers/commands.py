"""`flask …` as a process of its own, on the settings of a test."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from tests.servers.nursery import Nursery
from tests.servers.shop_server import ROOT, clean

WORDS = ("flask", "--app", "wsgi")
FLASK = (sys.executable, "-m", *WORDS)


class Commands:
    """Runs commands on one environment; `environment` may be changed between them."""

    def __init__(self, environment: Mapping[str, str], nursery: Nursery) -> None:
        self.environment = dict(environment)
        self._nursery = nursery

    def __call__(self, *words: str, ok: bool = True, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run `flask --app wsgi <words>` to its end; fails the test when it fails, unless `ok` is False."""
        done = self._nursery.run(self.environment, *WORDS, *words, timeout=timeout)
        assert done.returncode == 0 or not ok, f"flask {' '.join(words)}\n{done.stdout}\n{done.stderr}"
        return done

    def at_once(self, times: int, *words: str) -> None:
        """Run it so many times at the same time, each to its end; fails the test when one fails."""
        with ThreadPoolExecutor(times) as pool:
            list(pool.map(lambda _: self(*words), range(times)))

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start it as anyone would and go on; whoever starts it ends it."""
        return subprocess.Popen(
            [*FLASK, *words],
            cwd=ROOT,
            env=clean(self.environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
