"""The one tree of errors: the domain raises them, the edges translate them.

Every error says in `retry` whether doing the same thing again may help, and
in its text what a person should do next. Texts hold no personal data.
"""

from __future__ import annotations


class RefilleryError(Exception):
    """Anything we refuse or fail at. `retry` is True when trying again may help, after `wait` seconds at least.

    `failed` is False where nothing went wrong: it is only too early.
    """

    retry: bool = False
    wait: float = 0.0
    failed: bool = True


class BadInput(RefilleryError):
    """What was given cannot be taken. `field` names the input it stands at."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class NotFound(RefilleryError):
    """There is no such thing, or it is not yours to see."""


class SoldOut(RefilleryError):
    """Not enough stock lasts as long as it must."""

    def __init__(self, message: str, left: int = 0) -> None:
        super().__init__(message)
        self.left = left


class WrongState(RefilleryError):
    """The thing is no longer in a state that allows this."""


class TransactionOpen(RefilleryError):
    """A use case that needs its own transaction was called inside another one."""


class Busy(RefilleryError):
    """Someone else is at it just now."""

    retry = True
