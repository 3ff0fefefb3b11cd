"""Refills with a story, and the page that tells it."""

from __future__ import annotations

from tests.shop.admin.conftest import staff  # noqa: F401
