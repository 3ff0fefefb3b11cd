"""The demo's processes: sandbox, web, worker. What is started here is ended here."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

Started = subprocess.Popen[bytes]
PATIENCE = 30.0
OURS = (
    "DATABASE_URL",
    "SECRET_KEY",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "STRIPE_API_BASE",
    "SHOP_URL",
    "SHOP_NAME",
    "SHOP_TIMEZONE",
    "SHOP_CURRENCY",
    "SHOP_RATE_LIMIT_PER_MINUTE",
    "MAIL_URL",
    "MAIL_FROM",
    "OWNER_EMAIL",
)


class CannotStart(Exception):
    """One of the demo's processes did not come up; the text says what to do."""


@contextmanager
def running(words: list[str], settings: Mapping[str, str]) -> Iterator[Started]:
    """A process with the demo's settings, ended at the end: SIGTERM, and SIGKILL for one that stays."""
    process = subprocess.Popen(words, env=environment(settings))  # noqa: S603 - our own commands
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """This environment with the shop's own settings replaced by the demo's: it never touches another database."""
    return {name: value for name, value in os.environ.items() if name not in OURS} | dict(settings)


def sandbox_words(folder: Path, webhook_url: str, secret: str, key: str, begins: str) -> list[str]:
    """The command that serves the sandbox on a free port, written to `sandbox.port`."""
    return [
        *(sys.executable, "-m", "shop.sandbox", "--port", "0", "--port-file", str(folder / "sandbox.port")),
        *("--database", str(folder / "sandbox.db"), "--webhook-url", webhook_url),
        *("--webhook-secret", secret, "--key", key, "--begins", begins),
    ]


def web_words(app: str, port: int) -> list[str]:
    """The command that serves the shop on `port`."""
    return [
        *(sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "8"),
        *("--worker-class", "gthread", "--log-level", "warning", app if ":" in app else f"{app}:app"),
    ]


def flask_words(app: str, *command: str) -> list[str]:
    """The command `flask --app APP …`."""
    return [sys.executable, "-m", "flask", "--app", app, *command]


def until_there(path: Path, process: Started) -> str:
    """What `path` holds, once the process has written it; raises CannotStart."""
    for _ in range(int(PATIENCE / 0.05)):
        if path.exists() and (text := path.read_text().strip()):
            return text
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise CannotStart("The sandbox did not start. What it said stands above.")


def require_free(port: int) -> None:
    """Raises CannotStart when something listens on `port` already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotStart(f"Port {port} is taken. Try another: make demo PORT={port + 50}") from error


def until_told(processes: list[Started]) -> None:
    """Wait for SIGTERM or Ctrl-C, or for one of the processes to end."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.wait(0.3):
        if any(process.poll() is not None for process in processes):
            return
