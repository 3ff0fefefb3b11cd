"""A shop that is not registered for VAT says so wherever it names a price; one that is says that prices include it."""

from __future__ import annotations

from datetime import datetime

import pytest

from shop.owner import facts
from tests.shop.storefront.conftest import Shopper, words

PRICED = ["/", "/kits/mesotherapy-kit", "/kits/mesotherapy-kit/plan", "/basket", "/checkout", "/terms", "/about"]


@pytest.mark.parametrize("path", PRICED)
def test_a_shop_that_is_not_registered_says_so(shopper: Shopper, path: str) -> None:
    shopper.add()
    said = words(shopper.get(path))
    assert "not registered for VAT" in said
    assert "include VAT" not in said
    assert "VAT included" not in said


@pytest.mark.parametrize("path", PRICED)
def test_a_registered_shop_says_that_prices_include_it(shopper: Shopper, path: str, now: datetime) -> None:
    facts.change({"vat_number": "GB123456789"}, actor="staff:1", now=now)
    shopper.add()
    said = words(shopper.get(path))
    assert "Prices include VAT" in said
    assert "not registered" not in said


def test_the_footer_says_who_trades(shopper: Shopper, now: datetime) -> None:
    trader = {"trader_name": "Example <Ltd>", "trader_address": "1 High Street\nLondon", "company_number": "01234567"}
    assert "Refillery. We are not registered" in words(shopper.get("/"))
    facts.change(trader, actor="staff:1", now=now)
    said = words(shopper.get("/"))
    assert "Example &lt;Ltd&gt;, 1 High Street, London. Company number 01234567." in said
