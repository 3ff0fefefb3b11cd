"""Kits: what we sell and how much of it we hold. No HTTP in this room.

Mounting: `Kits(app)` or `Kits().init_app(app)`, before Shop and Subscriptions.
"""

from __future__ import annotations

from pathlib import Path

from flask import Flask

__all__ = ["Kits"]


class Kits:
    """The extension: sets defaults and brings the tables, the migrations and `flask kits`."""

    def __init__(self, app: Flask | None = None) -> None:
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Register with `app`; no reference to it is kept."""
        from kits import clock, migrate, settings  # noqa: F401 - the clock brings its table
        from kits.cli import kits
        from kits.stock import all_tables  # noqa: F401 - whatever the shop above uses of it

        settings.set_defaults(app)
        migrate.register(app, Path(__file__).parent / "migrations")
        app.cli.add_command(kits)
