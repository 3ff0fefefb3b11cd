"""A shop that lacks nothing, and how it stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from kits import host
from shop.checking.check import WELL
from shop.checking.looking import look
from shop.customers.staff.members import add_staff
from shop.owner import facts, pages
from tests.shop.watching.conftest import a_worker, an_event

SET = {
    "SECRET_KEY": "long enough to be one",
    "SHOP_STRIPE_SECRET_KEY": "sk_live_1",
    "SHOP_STRIPE_WEBHOOK_SECRET": "whsec_1",
    "SHOP_STRIPE_API_BASE": "https://api.stripe.com",
    "SHOP_URL": "https://shop.example.org",
    "SHOP_MAIL_URL": "smtp://mail.example.org",
    "SHOP_MAIL_FROM": "ada@clinic.example",
}
TRADER = {
    "trader_name": "Ada Ltd",
    "trader_address": "1 Road",
    "trader_email": "ada@clinic.example",
    "vat_number": "GB123456789",
}
Lacks = Callable[[], dict[str, str]]


@pytest.fixture
def ready(app: Flask, stocked: str, now: datetime) -> str:
    """The slug of the kit of a shop that could sell."""
    app.config.update(SET)
    with host.unit() as session:
        add_staff(session, "ada@clinic.example", "correct horse battery", now)
    facts.change(TRADER, actor="test", now=now)
    for page in ("terms", "privacy", "delivery", "returns"):
        pages.publish(page, page.title(), f"Our own {page}.", actor="test", now=now)
    a_worker(5)
    an_event(now, done=True)
    return stocked


@pytest.fixture
def lacks(now: datetime) -> Lacks:
    """`lacks()`: what is not well, the level by its title."""

    def found() -> dict[str, str]:
        standing = {each.title: each.level for each in look(now) if each.level != WELL}
        host.end_reads()
        return standing

    return found
