"""A moment that is left open, so that a condition is built once and asked as of another time each time it is run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Date, bindparam
from sqlalchemy.types import TypeEngine

from kits.tables import UTCDateTime

_NOW: ContextVar[datetime] = ContextVar("refillery_as_of")


class Open:
    """The time within `as_of`, or what is reckoned from it. It stands in a condition as the moment itself would."""

    def __init__(self, reckon: Callable[[], Any] = _NOW.get, kind: TypeEngine[Any] | None = None) -> None:
        self._reckon, self._kind = reckon, kind or UTCDateTime()

    def __add__(self, span: Any) -> Open:
        return Open(lambda: self._reckon() + span, self._kind)

    def __sub__(self, span: Any) -> Open:
        return Open(lambda: self._reckon() - span, self._kind)

    def then(self, reckon: Callable[[datetime], Any]) -> Any:
        """Another moment that is reckoned from this one."""
        return Open(lambda: reckon(self._reckon()), self._kind)

    def day(self, reckon: Callable[[datetime], Any]) -> Any:
        """A day that is reckoned from this moment."""
        return Open(lambda: reckon(self._reckon()), Date())

    def __clause_element__(self) -> BindParameter[Any]:
        """What SQLAlchemy asks for where it meets this in a condition."""
        return bindparam(None, callable_=self._reckon, type_=self._kind, unique=True)


@contextmanager
def as_of(now: datetime) -> Iterator[None]:
    """Within the block what was left open is `now`."""
    mark = _NOW.set(now)
    try:
        yield
    finally:
        _NOW.reset(mark)
