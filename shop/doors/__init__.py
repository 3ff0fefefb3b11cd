"""Doors: what stands between a request and our views. It guards our own blueprints, never the host's."""

from __future__ import annotations

from shop.doors.cookies import standalone_cookies
from shop.doors.guard import guard

__all__ = ["guard", "standalone_cookies"]
