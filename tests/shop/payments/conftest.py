"""Orders placed and paid through the real use cases, and what became of the money."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import stripe
from sqlalchemy import select

from shop.payments.tables import Payment, PaymentAttempt, Refund
from shop.work.running.keeping import Keeper
from tests.journeys.conftest import buy, driver, travel  # noqa: F401


@pytest.fixture(autouse=True)
def _hasty_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK waits as often as ever between its own tries, but not as long."""
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.01)
    monkeypatch.setattr(stripe.HTTPClient, "MAX_DELAY", 0.02)


@pytest.fixture
def standing_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leases are not renewed, as where a machine stands still for a while."""
    monkeypatch.setattr(Keeper, "_renew", lambda self, kept: None)


@pytest.fixture
def money(read: Callable[[Any], list[Any]]) -> Callable[[], dict[str, int]]:
    """What our books say: payments, refunds written down, attempts that are still open."""

    def counted() -> dict[str, int]:
        return {
            "payments": len(read(select(Payment.id))),
            "refunds": len(read(select(Refund.id))),
            "open": len(read(select(PaymentAttempt.id).where(PaymentAttempt.state.in_(("started", "unknown"))))),
        }

    return counted
