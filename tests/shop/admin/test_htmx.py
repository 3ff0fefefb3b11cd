"""htmx: on every admin page and nowhere else, as it was published, under the policy that stood before."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from shop.templating import STATIC, template_folder
from tests.servers.client import Visitor
from tests.shop.admin.conftest import EMAIL, PASSWORD, Staff

# dist/htmx.min.js of htmx.org 2.0.11 on npm.
PUBLISHED = "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"
in_a_browser = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def admin_pages(app: Flask) -> list[str]:
    """The path of every page behind the staff's door that has no number in it, and of an order there is not."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/admin/")]
    behind = [rule for rule in rules if not rule.endpoint.startswith("refillery_staff.")]
    plain = [rule.rule for rule in behind if "GET" in (rule.methods or ()) and not rule.arguments]
    return [*plain, "/admin/orders/R-NONE"]


def settings(text: str) -> dict[str, object]:
    """What a page tells htmx; empty when it says nothing."""
    found = re.search(r"""<meta name="htmx-config" content='([^']+)'>""", text)
    return dict(json.loads(found.group(1))) if found else {}


@pytest.fixture
def page(browser_page: Page, staff: Staff, stocked: str) -> Iterator[Page]:
    """A page of someone signed in to the admin; an error in its console fails the test."""
    said: list[str] = []
    browser_page.on("console", lambda message: said.append(message.text))
    browser_page.on("pageerror", lambda error: said.append(str(error)))
    browser_page.goto("/admin/sign-in")
    browser_page.get_by_label("E-mail").fill(EMAIL)
    browser_page.get_by_label("Password").fill(PASSWORD)
    browser_page.get_by_role("button", name="Sign in").click()
    expect(browser_page.get_by_role("button", name="Sign out")).to_be_visible()
    yield browser_page
    # A form that is refused is a 422, which the console is told, too.
    assert [text for text in said if "status of 422" not in text] == []


def test_the_file_is_the_published_one() -> None:
    assert hashlib.sha256((STATIC / "htmx.min.js").read_bytes()).hexdigest() == PUBLISHED
    assert "Zero-Clause BSD" in (STATIC / "htmx-LICENSE.txt").read_text()


def test_every_admin_page_carries_the_script_and_its_settings(app: Flask, staff: Staff, stocked: str) -> None:
    assert len(admin_pages(app)) >= 5
    for path in admin_pages(app):
        answer = staff.get(path)
        if answer.mimetype == "text/html" and not answer.location:
            assert re.search(r'<script src="[^"]+/htmx\.min\.js\?v=[0-9a-f]{12}" defer>', answer.text), path
            assert settings(answer.text), path
            assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_the_settings_keep_to_the_policy_and_keep_no_pages(staff: Staff) -> None:
    said = settings(staff.get("/admin/").text)
    refused = ("includeIndicatorStyles", "allowEval", "allowScriptTags")
    assert [said[name] for name in refused] == [False] * 3
    assert (said["selfRequestsOnly"], said["historyCacheSize"]) == (True, 0)


@pytest.mark.parametrize("path", ["/", "/kits/mesotherapy-kit", "/basket", "/checkout", "/account/", "/admin/sign-in"])
def test_no_page_of_the_shop_carries_it(client: Visitor, stocked: str, path: str) -> None:
    assert "htmx" not in client.get(path, follow_redirects=True).text


def test_no_template_outside_the_admin_names_it() -> None:
    root = Path(template_folder())
    naming = {path.relative_to(root).parts[1] for path in root.rglob("*.html") if "htmx" in path.read_text()}
    assert naming == {"admin"}


@pytest.mark.browser
@in_a_browser
def test_no_admin_page_breaks_the_policy_in_a_browser(page: Page) -> None:
    for path in ("/admin/", "/admin/orders", "/admin/stock", "/admin/receive"):
        page.goto(path)
        assert page.evaluate("htmx.config.allowEval") is False
        assert page.locator("style").count() == 0


@pytest.mark.browser
@in_a_browser
def test_a_form_sent_by_htmx_carries_its_token_and_a_refusal_is_shown_in_place(page: Page) -> None:
    page.goto("/admin/receive")
    page.locator("main form").evaluate(
        """form => {
            form.noValidate = true
            for (const [name, value] of [["post", location.pathname], ["target", "main"], ["select", "main > *"]])
                form.setAttribute(`hx-${name}`, value)
            htmx.process(form)
        }"""
    )
    with page.expect_response("/admin/receive") as answer:
        page.locator("main form button").first.click()
    assert (answer.value.status, answer.value.request.headers["hx-request"]) == (422, "true")
    expect(page.locator("main [aria-invalid=true]").first).to_be_visible()
    expect(page.locator("header")).to_have_count(1)
