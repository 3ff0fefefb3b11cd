"""What is watched: a figure that is 0 while all is well, what to say when it is not, and where to mend it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import url_for

from shop.links import external

Found = list[tuple[str, str, dict[str, Any]]]
"""What to call each thing that is meant, and the endpoint and the values of its page."""


def _none(now: datetime) -> Found:
    return []


@dataclass(frozen=True)
class Watch:
    """One kind of alarm, `title` in words.

    `figure(now)` is a number in the database, 0 while all is well: one scalar
    that is read with those of the others in one statement. `says(figure)` is
    a sentence on what is wrong and what to do, without anything personal;
    `endpoint` and `about` name the page where it is mended. `some(now)` gives
    a few of the things that are meant, the oldest first; it reads only.
    """

    kind: str
    title: str
    figure: Callable[[datetime], Any]
    says: Callable[[int], str]
    endpoint: str
    about: Mapping[str, Any] = field(default_factory=dict)
    some: Callable[[datetime], Found] = _none


@dataclass(frozen=True)
class Alarm:
    """A watch whose figure is not 0."""

    watch: Watch
    figure: int

    @property
    def kind(self) -> str:
        """Its watch's."""
        return self.watch.kind

    @property
    def sentence(self) -> str:
        """What is wrong, and what to do."""
        return self.watch.says(self.figure)

    @property
    def path(self) -> str:
        """The page where it is mended; within a request."""
        return url_for(self.watch.endpoint, **self.watch.about)

    @property
    def url(self) -> str:
        """The same as a whole address, for a mail."""
        return external(self.watch.endpoint, **self.watch.about)


def plural(number: int, one: str, many: str) -> str:
    """`1 mail`, `1,200 mails`."""
    return f"1 {one}" if number == 1 else f"{number:,} {many}"


def spell(minutes: float) -> str:
    """A threshold in words: `30 minutes`, `2 hours`."""
    if minutes >= 120 and minutes % 60 == 0:
        return f"{minutes / 60:g} hours"
    return "an hour" if minutes == 60 else f"{minutes:g} minutes"
