"""The shop as customers meet it: gunicorn's processes on a free port, told everything by the environment."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Protocol

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0


class Process(Protocol):
    """A subprocess.Popen, or a child of the nursery."""

    pid: int

    def poll(self) -> int | None:
        """Its exit code; None while it runs."""

    def wait(self, timeout: float) -> int:
        """Its exit code, once it has ended."""


Start = Callable[[Mapping[str, str], tuple[str, ...], Path, Path], Process]
"""Starts `python -m` with these words in this environment; what it says is added to two files, or twice to one."""


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on just now."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


class ShopServer:
    """gunicorn with `workers` processes of eight threads. `url` is where it is reached."""

    def __init__(
        self,
        environment: Mapping[str, str],
        log: Path,
        port: int,
        start: Start | None = None,
        *,
        workers: int = 2,
        app: str = "wsgi:app",
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.log = log
        words = ("gunicorn", app, "--bind", f"127.0.0.1:{port}", "--workers", str(workers), "--threads", "8")
        self.process = (start or started)(environment, (*words, "--log-level", "warning"), log, log)
        try:
            self._wait(port)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End all its processes at once, whatever they are doing."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(5)

    def _wait(self, port: int) -> None:
        end = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", port), 0.2).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError(f"the shop does not serve: {self.log.read_text()[-3000:]}")


def started(environment: Mapping[str, str], words: tuple[str, ...], out: Path, err: Path) -> Process:
    """A process of its own group, started as anyone would."""
    command = [sys.executable, "-m", *words]
    with out.open("ab") as said, err.open("ab") as complained:
        return subprocess.Popen(
            command, cwd=ROOT, env=clean(environment), stdout=said, stderr=complained, start_new_session=True
        )


def clean(environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` over what a process needs of ours; none of our own settings leak in."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **environment}
