"""Settings that every room reads, with their defaults.

They stand in the host's `app.config`; nothing here keeps a reference to it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import Flask, current_app

LOOPBACK = {"127.0.0.1", "localhost", "::1"}

DEFAULTS: dict[str, Any] = {
    "SHOP_STRIPE_SECRET_KEY": "",
    "SHOP_STRIPE_WEBHOOK_SECRET": "",
    "SHOP_STRIPE_API_BASE": "https://api.stripe.com",
    "SHOP_URL": "http://127.0.0.1:5000",
    "SHOP_NAME": "Refillery",
    "SHOP_MAIL_URL": "",
    "SHOP_MAIL_FROM": "shop@example.org",
    "SHOP_MAIL_GIVE_UP_HOURS": 72.0,
    "SHOP_OWNER_EMAIL": "",
    "SHOP_TIMEZONE": "Europe/London",
    "SHOP_CURRENCY": "GBP",
    "SHOP_LOG_FORMAT": "",
    "SHOP_LEASE_SECONDS": 60.0,
    "SHOP_IN_FLIGHT": 0,
    "SHOP_STOP_SECONDS": 30.0,
    "SHOP_STRIPE_REQUESTS_PER_SECOND": 100.0,
    "SHOP_STRIPE_ENDPOINT_PER_SECOND": 25.0,
    "SHOP_ALARM_OVERDUE_DAYS": 1,
    "SHOP_ALARM_STUCK_MINUTES": 30.0,
    "SHOP_ALARM_WEBHOOK_HOURS": 6.0,
    "SHOP_ALARM_MAIL_MINUTES": 60.0,
    "SHOP_ALARM_WORKER_MINUTES": 5.0,
    "SHOP_ALARM_AFTER_MINUTES": 5.0,
    "SHOP_RESERVATION_MINUTES": 60,
    "SHOP_EXPIRY_DAYS": 60,
    "SHOP_COMMITMENT_DAYS": 30,
    "SHOP_PRICE_NOTICE_DAYS": 30,
    "SHOP_CONFIRM_CHARGES": False,
    "SHOP_SUBSCRIPTION_LAW": "uk_2013",
    "SHOP_RETRY_DAYS": "1,3,5,7",
    "SHOP_NEEDLE_WARNING_UM": 250,
    "SHOP_NEEDLE_LIMIT_UM": 500,
    "SHOP_ROLLER_SESSIONS": 0,
}


def set_defaults(app: Flask) -> None:
    """Fill in what the host has not set."""
    for name, value in DEFAULTS.items():
        app.config.setdefault(name, value)


def setting(name: str) -> Any:
    """The value of `SHOP_<name>` in the current app."""
    return current_app.config[f"SHOP_{name}"]


def timezone() -> ZoneInfo:
    """The zone in which a person reads dates."""
    return ZoneInfo(setting("TIMEZONE"))


def currency() -> str:
    """The shop's currency, an ISO 4217 code."""
    return str(setting("CURRENCY")).upper()


def gateway_is_sandbox() -> bool:
    """True when payments go to a loopback address over HTTP with a test key: no real money."""
    base = urlsplit(setting("STRIPE_API_BASE"))
    return (
        base.scheme == "http" and base.hostname in LOOPBACK and str(setting("STRIPE_SECRET_KEY")).startswith("sk_test_")
    )
