"""Subscriptions: refills over time, billed only while the plan still needs them.

Mounting: `Subscriptions(app)` after Kits and Shop.
"""

from __future__ import annotations

from pathlib import Path

from flask import Flask

__all__ = ["Subscriptions"]


class Subscriptions:
    """The extension: enrols paid plans, and adds its duties, pages and commands to the shop."""

    def __init__(self, app: Flask | None = None) -> None:
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Register with `app`; no reference to it is kept. Raises RuntimeError without Shop."""
        from kits import migrate

        migrate.register(app, Path(__file__).parent / "migrations")
