"""`flask shop staff`."""

from __future__ import annotations

from flask import Flask

from shop.customers.staff.members import sign_in
from tests.shop.customers.conftest import PASSWORD


def test_the_command_asks_for_the_password_twice_and_lets_them_in(app: Flask) -> None:
    told = app.test_cli_runner().invoke(args=["shop", "staff", "New@example.org"], input=f"{PASSWORD}\n{PASSWORD}\n")
    assert told.exit_code == 0, told.output
    assert "new@example.org can sign in" in told.output
    assert PASSWORD not in told.output
    assert sign_in("new@example.org", PASSWORD)


def test_a_short_password_is_told_plainly(app: Flask) -> None:
    told = app.test_cli_runner().invoke(args=["shop", "staff", "new@example.org"], input="short\nshort\n")
    assert told.exit_code == 1
    assert "12 to 200 characters" in told.output
