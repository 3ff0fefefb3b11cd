"""Processes without their start-up time: a parent that has imported everything forks one whenever it is asked.

A child is what `python -m MODULE WORD …` is: it has a session, an environment and outputs of its own. The parent reads
a JSON line and answers with one: `{"words": […], "environment": {…}, "outputs": [path, path]}` with the id of the new
child, `{"child": id}` with its exit code (negative for a signal, as subprocess has it), or null while it runs.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from tests.servers.shop_server import ROOT, clean

LOOK_EVERY = 0.02


class Nursery:
    """The parent, seen from the test; what its children say is kept in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._count, self._one = folder, 0, threading.Lock()
        self._parent = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=ROOT,
            env=clean({}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # A signal to the tests' group must not end it before its children are done with.
            start_new_session=True,
        )

    def start(self, environment: Mapping[str, str], words: tuple[str, ...], out: Path, err: Path) -> Child:
        """A new child: `words` are a module and its arguments. What it says is added to `out` and `err`."""
        asked = {"words": words, "environment": clean(environment), "outputs": [str(out), str(err)]}
        return Child(self, int(self.ask(asked)))

    def run(
        self, environment: Mapping[str, str], *words: str, timeout: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run a child to its end."""
        with self._one:
            self._count += 1
            out, err = (self._folder / f"{self._count}.{stream}" for stream in ("out", "err"))
        child = self.start(environment, words, out, err)
        try:
            code = child.wait(timeout)
        except subprocess.TimeoutExpired:
            os.kill(child.pid, signal.SIGKILL)
            raise
        return subprocess.CompletedProcess(words, code, out.read_text(), err.read_text())

    def ask(self, asked: Mapping[str, Any]) -> Any:
        """The parent's answer."""
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        with self._one:
            self._parent.stdin.write(json.dumps(asked) + "\n")
            self._parent.stdin.flush()
            return json.loads(self._parent.stdout.readline())

    def close(self) -> None:
        """End the parent."""
        self._parent.communicate(timeout=10)


class Child:
    """What we ask of a subprocess.Popen, for a process that is the nursery's."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self.pid, self._nursery = pid, nursery
        self._code: int | None = None

    def poll(self) -> int | None:
        """Its exit code; None while it runs."""
        if self._code is None:
            self._code = self._nursery.ask({"child": self.pid})
        return self._code

    def wait(self, timeout: float) -> int:
        """Its exit code, once it has ended. Raises subprocess.TimeoutExpired."""
        end = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(LOOK_EVERY)
        return code


def serve() -> None:
    """Answer each line until there are no more."""
    _import_everything()
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(_ended(asked["child"]) if "child" in asked else _born(asked)), flush=True)


def _import_everything() -> None:
    late = ("flask.cli", "gunicorn.app.wsgiapp", "gunicorn.workers.gthread", "shop.papers.pdf.sheet")
    for module in late:
        import_module(module)
    from sqlalchemy.orm import configure_mappers

    from wsgi import create_app

    # Mounted once here, so that all that is imported late is imported before the first fork.
    create_app({"SQLALCHEMY_DATABASE_URI": "sqlite://", "SECRET_KEY": "none"})
    configure_mappers()
    gc.freeze()


def _ended(child: int) -> int | None:
    pid, status = os.waitpid(child, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if pid else None


def _born(asked: dict[str, Any]) -> int:
    child = os.fork()
    if child == 0:
        _become(**asked)
    return child


def _become(words: list[str], environment: dict[str, str], outputs: list[str]) -> NoReturn:
    """The child: takes on its environment and does what was asked; never returns."""
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    opened = [os.open(os.devnull, os.O_RDONLY)]
    opened += [os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) for path in outputs]
    for stream, file in enumerate(opened):
        os.dup2(file, stream)
        os.close(file)
    code = 1
    try:
        code = _run(*words)
    except BaseException:
        traceback.print_exc()
    finally:
        for said in (sys.stdout, sys.stderr):
            said.flush()
        os._exit(code)


def _run(module: str, *words: str) -> int:
    sys.argv = [module, *words]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


if __name__ == "__main__":
    serve()
