"""Processes without their start-up time: a parent that has imported everything forks one whenever it is asked.

It reads a JSON line `{"environment": {…}, "words": ["flask", "shop", "work"] | ["killed", POINT], "log": path}`
and answers a line with the child's exit code, negative for a signal, as subprocess does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.servers.shop_server import ROOT, clean


class Nursery:
    """The parent, seen from the test. Nothing of its children is left in it."""

    def __init__(self) -> None:
        self._parent = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=ROOT,
            env=clean({}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, environment: Mapping[str, str], *words: str, log: Path) -> int:
        """Run to the end; what it said stands in `log`."""
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        asked = {"environment": clean(environment), "words": words, "log": str(log)}
        self._parent.stdin.write(json.dumps(asked) + "\n")
        self._parent.stdin.flush()
        return int(self._parent.stdout.readline())

    def close(self) -> None:
        """End the parent."""
        self._parent.communicate(timeout=10)


def serve() -> None:
    """Fork for each line until there are no more."""
    from flask import cli

    from tests.journeys.killing import worker
    from wsgi import create_app

    # Mounted once here, so that all that is imported late is imported before the first fork.
    create_app({"SQLALCHEMY_DATABASE_URI": "sqlite://", "SECRET_KEY": "none"})
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            become(asked, cli.main, worker.main)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def become(asked: dict[str, Any], flask: Any, killed: Any) -> None:
    """The child: takes on its environment and does what was asked; never returns."""
    os.environ.clear()
    os.environ.update(asked["environment"])
    log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(log, stream)
    name, *words = asked["words"]
    if name == "killed":
        killed(*words)
        os._exit(0)
    sys.argv = ["flask", "--app", "wsgi", *words]
    try:
        flask()
    except SystemExit as end:
        sys.stdout.flush()
        os._exit(int(end.code or 0))


if __name__ == "__main__":
    serve()
