"""The admin is for staff alone."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.servers.client import Visitor
from tests.shop.admin.conftest import Staff


def admin_rules(app: Flask) -> list[tuple[str, str]]:
    """Method and path of every admin page, filled in with something."""
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/admin") and not rule.endpoint.startswith("refillery_staff.")
    ]
    return [
        (method, re.sub(r"<any\((\w+)[^>]*>", r"\1", re.sub(r"<(?!any)[^>]+>", "1", rule.rule)))
        for rule in rules
        for method in sorted((rule.methods or set()) & {"GET", "POST"})
    ]


def test_no_admin_page_opens_for_a_stranger(app: Flask, client: Visitor, stocked: str) -> None:
    pages = admin_rules(app)
    assert len(pages) >= 40
    for method, path in pages:
        answer = client.open(path, method=method)
        assert answer.status_code == 303, (method, path)
        assert "/admin/sign-in" in answer.location


def test_signing_in_leads_back_to_the_page_that_was_asked_for(client: Visitor, kit: str) -> None:
    assert client.get("/admin/orders?state=paid").location == "/admin/sign-in?next=/admin/orders?state%3Dpaid"


def test_a_script_that_is_signed_out_is_sent_to_the_sign_in_page_whole(client: Visitor, kit: str) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/admin/stock/ledger?item=SERUM-3M"}
    answer = client.get("/admin/stock/ledger?page=2", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/admin/sign-in?next=/admin/stock/ledger?item%3DSERUM-3M"


def test_every_page_of_the_menu_opens_for_staff_in_an_empty_shop(staff: Staff) -> None:
    menu = re.findall(r"<nav.*?</nav>", staff.get("/admin/").text, re.DOTALL)[0]
    paths = re.findall(r'href="([^"]+)"', menu)
    assert len(paths) >= 8
    for path in paths:
        page = staff.get(path)
        assert page.status_code == 200, path
        assert f'href="{path}" aria-current="page"' in page.text
        assert "Sign out" in page.text


@pytest.mark.parametrize("wild", ["1", "0", "-1", "9" * 30, "R-NONE", "%00", "x" * 300, "a b"])
def test_an_address_of_nothing_is_no_error(staff: Staff, app: Flask, wild: str) -> None:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/admin") and "GET" in (rule.methods or set()) and rule.arguments:
            path = re.sub(r"<[^>]+>", wild, rule.rule)
            assert staff.get(path).status_code in (404, 308), path


def test_an_unknown_order_is_a_page_of_the_admin(staff: Staff) -> None:
    page = staff.get("/admin/orders/R-NONE")
    assert page.status_code == 404
    assert "To today’s work" in page.text


def test_a_form_without_its_token_is_turned_away(staff: Staff, stocked: str) -> None:
    assert staff.client.post("/admin/receive", data={"sku": "SERUM-3M"}).status_code == 400
