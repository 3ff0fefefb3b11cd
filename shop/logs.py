"""Structured logs: one JSON object a line, with the ids of what is worked on and nothing about a person.

What we log holds ids alone. What others say, in an error's text or a log line
of theirs, may hold anything, so errors that are not ours are told by their
type and where they were raised, and what looks like an address, a card or a
key is taken out of every line.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from kits.errors import RefilleryError
from kits.settings import setting

JSON, TEXT = "json", "text"
LONGEST_MESSAGE = 2000
MOST_FRAMES = 30
_PRIVATE = re.compile(
    r"[^\s@<>\"'=,;()]+@[^\s@<>\"',;()]+"  # an e-mail address
    r"|\b(?:sk|rk|pk|whsec)_\w{4,}"  # a key of Stripe's
    r"|(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w.])"  # the number of a card
)
_about: ContextVar[Mapping[str, object] | None] = ContextVar("refillery_log_about", default=None)


@contextmanager
def about(**ids: int | str) -> Iterator[None]:
    """Lines that are logged within the block carry these ids: `order`, `refill`, `attempt`, …"""
    mark = _about.set({**(_about.get() or {}), **ids})
    try:
        yield
    finally:
        _about.reset(mark)


class AsJson(logging.Formatter):
    """A line as one JSON object: time, level, logger, message, the ids, and of an error its type and where it was."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": clean(record.getMessage())[:LONGEST_MESSAGE],
            **(_about.get() or {}),
        }
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            said |= {"error": name_of(error), "at": _frames(error)}
        return json.dumps(said, default=str)


def clean(text: str) -> str:
    """The text without what looks like somebody's address, card or key."""
    return _PRIVATE.sub("[taken out]", text)


def name_of(error: BaseException) -> str:
    """What may be logged of an error: our own sentences hold nothing personal, of others' the type."""
    return clean(str(error)) if isinstance(error, RefilleryError) else type(error).__name__


def write_json() -> None:
    """Have this process log in JSON on its standard error from now on; once."""
    root = logging.getLogger()
    if any(isinstance(handler.formatter, AsJson) for handler in root.handlers):
        return
    handler = logging.StreamHandler()
    handler.setFormatter(AsJson())
    root.addHandler(handler)
    logging.getLogger("refillery").setLevel(logging.INFO)


def of_worker() -> None:
    """The same for a worker that nobody watches in a terminal, unless another format is set or a host logs already."""
    wanted = str(setting("LOG_FORMAT"))
    if wanted == JSON or (not wanted and not sys.stderr.isatty() and not logging.getLogger().handlers):
        write_json()


def _frames(error: BaseException) -> list[str]:
    """Where it was raised, the innermost last: files, lines and functions, no values."""
    frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
