"""The connections to one account at Stripe, and who shares them."""

from __future__ import annotations

import pytest
from flask import Flask

from shop.payments.gateway import account
from shop.payments.gateway.account import gateway


def test_a_process_that_was_forked_asks_by_connections_of_its_own(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    app.config["SHOP_STRIPE_SECRET_KEY"] = "sk_test_1"
    parents = gateway()
    assert gateway() is parents
    monkeypatch.setattr(account.os, "getpid", lambda: 1)
    assert gateway() is not parents, "or one would read the answer to the other's charge"
