"""The shop as customers meet it: gunicorn's processes on a free port, told everything by the environment."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on just now."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


class ShopServer:
    """gunicorn with `workers` processes of eight threads. `url` is where it is reached."""

    def __init__(
        self, environment: Mapping[str, str], log: Path, port: int, workers: int = 2, app: str = "wsgi:app"
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.log = log
        command = [sys.executable, "-m", "gunicorn", app, "--bind", f"127.0.0.1:{port}"]
        command += ["--workers", str(workers), "--threads", "8", "--log-level", "warning"]
        with log.open("ab") as file:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=clean(environment), stdout=file, stderr=file, start_new_session=True
            )
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


def clean(environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` over what a process needs of ours; none of our own settings leak in."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **environment}
