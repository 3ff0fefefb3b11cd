"""`flask …` as a process of its own, on the settings of a test."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

from tests.servers.shop_server import ROOT, clean

FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")


class Commands:
    """Runs commands on one environment; `environment` may be changed between them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)

    def __call__(self, *words: str, ok: bool = True, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run `flask --app wsgi <words>` to its end; fails the test when it fails, unless `ok` is False."""
        done = subprocess.run(
            [*FLASK, *words],
            cwd=ROOT,
            env=clean(self.environment),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        assert done.returncode == 0 or not ok, f"flask {' '.join(words)}\n{done.stdout}\n{done.stderr}"
        return done

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start it and go on; whoever starts it ends it."""
        return subprocess.Popen(
            [*FLASK, *words],
            cwd=ROOT,
            env=clean(self.environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
