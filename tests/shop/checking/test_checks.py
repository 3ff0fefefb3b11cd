"""What is missing before a shop sells."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import text

from kits import host
from shop.checking.check import LOOK, MISSING
from shop.checking.looking import look
from tests.bench.statements import counted
from tests.shop.checking.conftest import Lacks

OF_SQLITE = {"Database": LOOK}


@pytest.fixture
def whole(engine_name: str) -> dict[str, str]:
    """What is not well in a shop that lacks nothing: only that SQLite serves one machine."""
    return OF_SQLITE if engine_name == "sqlite" else {}


def test_a_shop_that_lacks_nothing_is_ready(ready: str, lacks: Lacks, whole: dict[str, str]) -> None:
    assert lacks() == whole


@pytest.mark.parametrize(
    ("name", "value", "title"),
    [
        ("SHOP_STRIPE_SECRET_KEY", "", "Stripe's key"),
        ("SHOP_STRIPE_SECRET_KEY", "sk_test_1", "Stripe's key"),
        ("SHOP_STRIPE_WEBHOOK_SECRET", "", "Stripe's webhook secret"),
        ("SHOP_URL", "http://127.0.0.1:5000", "The shop's address"),
        ("SHOP_URL", "http://shop.example.org", "The shop's address"),
        ("SECRET_KEY", "dev", "Secret key"),
        ("SHOP_MAIL_URL", "", "Mail server"),
        ("SHOP_MAIL_URL", "file:/tmp", "Mail server"),
        ("SHOP_MAIL_FROM", "shop@example.org", "Sender of mails"),
        ("SHOP_OWNER_EMAIL", "", "Owner's e-mail"),
        ("DEBUG", True, "Debug"),
    ],
)
def test_a_setting_that_is_not_right_is_missing(
    app: Flask, ready: str, lacks: Lacks, whole: dict[str, str], name: str, value: object, title: str
) -> None:
    app.config[name] = value
    assert lacks() == {**whole, title: MISSING}


def test_the_sandbox_takes_no_money(app: Flask, ready: str, lacks: Lacks) -> None:
    app.config.update(SHOP_STRIPE_SECRET_KEY="sk_test_1", SHOP_STRIPE_API_BASE="http://127.0.0.1:9")
    assert lacks()["Stripe's key"] == MISSING


@pytest.mark.parametrize(
    ("written", "title", "level"),
    [
        ("UPDATE shop_staff_member SET active = false", "Staff", MISSING),
        ("DELETE FROM shop_worker", "Worker", MISSING),
        ("UPDATE shop_worker SET seen = seen - 3600", "Worker", MISSING),
        ("DELETE FROM shop_webhook_event", "Events from Stripe", LOOK),
        ("DELETE FROM shop_fact WHERE name = 'trader_address'", "Who trades", MISSING),
        ("DELETE FROM shop_fact WHERE name = 'vat_number'", "VAT", LOOK),
        ("UPDATE kits_kit SET published = false", "Kits", MISSING),
        ("UPDATE kits_notice SET withdrawn_at = '2020-01-01'", "Mesotherapy kit", MISSING),
        ("DELETE FROM kits_price WHERE kind = 'refill'", "Mesotherapy kit", MISSING),
        ("UPDATE kits_lot SET on_hand = 0", "Mesotherapy kit", MISSING),
    ],
)
def test_what_the_tables_lack_is_told(
    ready: str, lacks: Lacks, whole: dict[str, str], written: str, title: str, level: str
) -> None:
    with host.engine().begin() as connection:
        connection.execute(text(written))
    assert lacks() == {**whole, title: level}


def test_a_new_shop_lacks_nearly_everything(app: Flask, now: datetime) -> None:
    found = {each.title: each for each in look(now)}
    lacking = {title for title, each in found.items() if each.level == MISSING}
    assert {"Stripe's key", "Mail server", "Staff", "Worker", "Who trades", "Kits"} <= lacking
    assert found["Pages"].level == LOOK
    assert "terms, privacy, delivery, returns" in found["Pages"].says


def test_no_secret_is_told(app: Flask, ready: str, now: datetime) -> None:
    said = " ".join(each.says for each in look(now))
    for name in ("SECRET_KEY", "SHOP_STRIPE_SECRET_KEY", "SHOP_STRIPE_WEBHOOK_SECRET", "SHOP_MAIL_URL"):
        assert str(app.config[name]) not in said


def test_it_takes_few_statements_and_writes_nothing(ready: str, now: datetime) -> None:
    with counted(host.engine()) as statements:
        look(now)
    written = [each for each in statements if each.startswith(("INSERT", "UPDATE", "DELETE"))]
    assert not written
    assert len(statements) <= 20, statements
