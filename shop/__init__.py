"""Shop: one order, one payment; storefront, admin and API around them.

Mounting: `Shop(app, url_prefix="/shop")` after Kits.
"""

from __future__ import annotations

from pathlib import Path

from flask import Flask

__all__ = ["Shop"]


class Shop:
    """The extension: brings tables, pages, API, duties and `flask shop`."""

    def __init__(self, app: Flask | None = None, url_prefix: str = "") -> None:
        if app is not None:
            self.init_app(app, url_prefix)

    def init_app(self, app: Flask, url_prefix: str = "") -> None:
        """Register with `app` under `url_prefix`; no reference to it is kept."""
        from kits import migrate
        from shop import registers

        migrate.register(app, Path(__file__).parent / "migrations")
        registers.install(app)
