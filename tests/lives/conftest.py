"""The driver that lives are driven by."""

from __future__ import annotations

from tests.journeys.conftest import driver  # noqa: F401
