"""The admin is for staff alone."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.servers.client import Visitor
from tests.shop.admin.conftest import Staff


def admin_rules(app: Flask) -> list[tuple[str, str]]:
    """Method and path of every admin page, filled in with something."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("refillery_admin.")]
    return [
        (method, rule.rule.replace("<number>", "R-AAAAA-AAAAA"))
        for rule in rules
        for method in sorted((rule.methods or set()) & {"GET", "POST"})
    ]


def test_no_admin_page_opens_for_a_stranger(app: Flask, client: Visitor, stocked: str) -> None:
    pages = admin_rules(app)
    assert len(pages) >= 7
    for method, path in pages:
        answer = client.open(path, method=method)
        assert answer.status_code == 303, (method, path)
        assert "/admin/sign-in" in answer.location


def test_signing_in_leads_back_to_the_page_that_was_asked_for(client: Visitor, kit: str) -> None:
    assert client.get("/admin/orders?state=paid").location == "/admin/sign-in?next=/admin/orders?state%3Dpaid"


@pytest.mark.parametrize("path", ["/admin/", "/admin/orders", "/admin/stock", "/admin/receive"])
def test_every_admin_page_opens_for_staff_in_an_empty_shop(staff: Staff, path: str) -> None:
    page = staff.get(path)
    assert page.status_code == 200
    assert "Sign out" in page.text


def test_an_unknown_order_is_a_page_of_the_admin(staff: Staff) -> None:
    page = staff.get("/admin/orders/R-NONE")
    assert page.status_code == 404
    assert "To today’s work" in page.text


def test_a_form_without_its_token_is_turned_away(staff: Staff, stocked: str) -> None:
    assert staff.client.post("/admin/receive", data={"sku": "SERUM-3M"}).status_code == 400
