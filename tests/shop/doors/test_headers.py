"""The headers of our responses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask

Hosts = Callable[..., Flask]
SANDBOX = {"SHOP_STRIPE_API_BASE": "http://127.0.0.1:4242", "SHOP_STRIPE_SECRET_KEY": "sk_test_x"}


def policy(app: Flask) -> dict[str, str]:
    header = app.test_client().get("/form").headers["Content-Security-Policy"]
    return {name: sources for name, _, sources in (part.strip().partition(" ") for part in header.split(";"))}


def test_nothing_runs_or_loads_but_our_own_files(host_app: Hosts) -> None:
    found = policy(host_app())
    assert found.pop("default-src") == "'none'"
    assert {found.pop(f"{kind}-src") for kind in ("script", "style", "img", "font", "connect")} == {"'self'"}
    assert found.pop("frame-ancestors") == "'none'"
    assert found.pop("base-uri") == "'none'"
    assert set(found) == {"form-action"}


def test_a_form_may_lead_to_stripes_checkout_only(host_app: Hosts) -> None:
    assert policy(host_app())["form-action"] == "'self' https://checkout.stripe.com"


def test_with_the_sandbox_a_form_may_lead_to_its_pages(host_app: Hosts) -> None:
    assert policy(host_app(SANDBOX))["form-action"] == "'self' http://127.0.0.1:4242"


def test_a_loopback_address_with_a_live_key_is_no_checkout(host_app: Hosts) -> None:
    live: dict[str, Any] = {**SANDBOX, "SHOP_STRIPE_SECRET_KEY": "sk_live_x"}
    assert policy(host_app(live))["form-action"] == "'self' https://checkout.stripe.com"


def test_links_with_tokens_do_not_leak_and_pages_are_not_kept(host_app: Hosts) -> None:
    headers = host_app().test_client().get("/away").headers
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_what_is_turned_away_has_the_headers_too(host_app: Hosts) -> None:
    answer = host_app().test_client().post("/form")
    assert answer.status_code == 400
    assert "Content-Security-Policy" in answer.headers
