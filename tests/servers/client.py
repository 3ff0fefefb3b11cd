"""A test client whose requests are requests: none shares the test's own app context and database session."""

from __future__ import annotations

from contextvars import Context
from typing import Any

from flask import current_app
from flask.testing import FlaskClient

from kits import host


class Visitor(FlaskClient):
    """Flask would reuse the pushed context, and with it the session and what it has read."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """As Flask's; the test's session lets go of what it has read before and after."""
        _end_reads()
        answer = Context().run(super().open, *args, **kwargs)
        _end_reads()
        return answer


def _end_reads() -> None:
    if current_app:
        host.end_reads()
