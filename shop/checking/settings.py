"""What the settings say. Secrets are only told as set or not set."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from flask import current_app

from kits.settings import DEFAULTS, LOOPBACK, gateway_is_sandbox, setting
from shop.checking.check import Found, told

SHORTEST_SECRET = 16
WEBHOOK_PATH = "/webhooks/stripe"


def settings(now: datetime) -> Iterator[Found]:
    """Keys, addresses and secrets."""
    key, signing = str(setting("STRIPE_SECRET_KEY")), str(setting("STRIPE_WEBHOOK_SECRET"))
    yield told("Stripe's key", _key_problem(key), "A live key is set.")
    yield told("Stripe's webhook secret", _signing_problem(signing), "It is set.")
    yield told("The shop's address", _address_problem(str(setting("URL"))), f"Customers reach it at {setting('URL')}.")
    yield told("Secret key", _secret_problem(), "It is set.")
    yield told("Mail server", _mail_problem(str(setting("MAIL_URL"))), "Mails go to a server.")
    yield told("Sender of mails", _sender_problem(), f"Mails come from {setting('MAIL_FROM')}.")
    owner = "" if setting("OWNER_EMAIL") else "Nobody is told when something is wrong. Set OWNER_EMAIL."
    yield told("Owner's e-mail", owner, f"{setting('OWNER_EMAIL')} is told when something is wrong.")
    known = f"Dates are those of {setting('TIMEZONE')}, prices are in {setting('CURRENCY')}."
    yield told("Time zone and currency", "", known)


def _key_problem(key: str) -> str:
    if not key:
        return "No key is set, so nothing can be paid. Set STRIPE_SECRET_KEY."
    if gateway_is_sandbox():
        return (
            "Payments go to the sandbox: no real money is taken. Set a live STRIPE_SECRET_KEY, and no STRIPE_API_BASE."
        )
    if "_live_" not in key:
        return "This is a test key: cards are not really charged. Set the live one before you sell."
    return ""


def _signing_problem(secret: str) -> str:
    if secret:
        return ""
    address = f"{str(setting('URL')).rstrip('/')}{WEBHOOK_PATH}"
    return (
        f"It is not set, so the shop learns late who has paid. Add {address} at Stripe, and set STRIPE_WEBHOOK_SECRET."
    )


def _address_problem(address: str) -> str:
    found = urlsplit(address)
    if found.hostname in LOOPBACK:
        return "Links in mails lead to this machine alone. Set SHOP_URL to where customers reach the shop."
    return (
        "" if found.scheme == "https" else "Set SHOP_URL to an https address: cookies and links must not go in clear."
    )


def _secret_problem() -> str:
    found = current_app.secret_key or ""
    if len(found) >= SHORTEST_SECRET:
        return ""
    return f"SECRET_KEY signs the cookies. Set a long random text, of {SHORTEST_SECRET} characters at least."


def _mail_problem(url: str) -> str:
    if not url:
        return "No mail leaves, and no refill is charged without its notice. Set MAIL_URL to your mail server."
    if urlsplit(url).scheme == "file":
        return "Mails are written to a folder: no customer gets them. Set MAIL_URL to your mail server."
    return ""


def _sender_problem() -> str:
    if setting("MAIL_FROM") == DEFAULTS["SHOP_MAIL_FROM"]:
        return "Mails come from an address that nobody has. Set MAIL_FROM to one of yours."
    return ""
