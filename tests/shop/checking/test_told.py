"""The command and the page that tell it."""

from __future__ import annotations

import json

from flask import Flask

from tests.servers.client import Visitor
from tests.shop.admin.conftest import Staff, staff, words  # noqa: F401


def test_the_command_fails_while_something_is_missing_and_says_what(app: Flask, kit: str) -> None:
    ran = app.test_cli_runner().invoke(args=["shop", "check"])
    assert ran.exit_code == 1
    assert "MISSING  Stripe's key" in ran.output
    assert "things are missing." in ran.output


def test_the_command_succeeds_for_a_shop_that_lacks_nothing(app: Flask, ready: str) -> None:
    ran = app.test_cli_runner().invoke(args=["shop", "check"])
    assert ran.exit_code == 0, ran.output
    assert ran.output.endswith("Ready to sell.\n")


def test_the_command_tells_it_to_programs(app: Flask, ready: str) -> None:
    told = json.loads(app.test_cli_runner().invoke(args=["shop", "check", "--json"]).output)
    assert told["ready"] is True
    assert {"title": "Worker", "level": "well", "says": "One runs."} in told["checks"]


def test_the_page_leads_to_where_it_is_put_right(staff: Staff, kit: str) -> None:  # noqa: F811
    page = staff.get("/admin/check")
    assert "Customers must know whom they buy from." in words(page)
    assert 'href="/admin/facts"' in page.text


def test_a_shop_that_lacks_nothing_reads_so(ready: str, staff: Staff) -> None:  # noqa: F811
    # Signed in when its secret key was set, which signs the cookie.
    assert "Nothing is missing. The shop can sell." in words(staff.get("/admin/check"))


def test_visitors_are_led_to_the_sign_in(client: Visitor) -> None:
    assert "/admin/sign-in" in client.get("/admin/check").headers["Location"]
