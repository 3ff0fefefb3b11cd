"""The session cookie of the standalone shop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from shop.doors import standalone_cookies

SANDBOX = {"SHOP_STRIPE_API_BASE": "http://127.0.0.1:4242", "SHOP_STRIPE_SECRET_KEY": "sk_test_x"}


@pytest.mark.parametrize(("config", "secure"), [({}, True), (SANDBOX, False)])
def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    host_app: Callable[..., Flask], config: dict[str, Any], secure: bool
) -> None:
    app = host_app(config)
    standalone_cookies(app)
    cookie = app.test_client().get("/form").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert ("Secure" in cookie) is secure


def test_a_host_keeps_its_own_cookie(host_app: Callable[..., Flask]) -> None:
    cookie = host_app({"SESSION_COOKIE_NAME": "hosts"}).test_client().get("/form").headers["Set-Cookie"]
    assert cookie.startswith("hosts=")
