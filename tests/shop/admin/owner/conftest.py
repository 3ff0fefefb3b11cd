"""The owner at the admin, in front of a shop with a kit."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from kits import host
from kits.audit import AuditEntry
from shop.owner.pages import PageText, current
from tests.journeys.pages import Page
from tests.shop.admin.conftest import Staff
from tests.shop.storefront.conftest import hidden

GUIDE = "/admin/texts/guide"


@pytest.fixture
def owner(staff: Staff, stocked: str) -> Staff:
    """Someone signed in who may write."""
    return staff


def shown(page: str = "guide") -> PageText:
    """What a page says now."""
    found = current(host.session(), page)
    host.end_reads()
    return found


def values(page: TestResponse, button: str) -> dict[str, str]:
    """What the form with this button holds, its long texts to the letter."""
    long = re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n(.*?)</textarea>', page.text, re.S)
    return Page(page.text).form(button).values | {name: unescape(text) for name, text in long}


def entries(action: str) -> list[dict[str, Any]]:
    """The details of what the audit log says of an action."""
    found = host.session().scalars(select(AuditEntry).where(AuditEntry.action == action)).all()
    details = [dict(entry.detail) for entry in found]
    host.end_reads()
    return details


def write(owner: Staff, step: str, page: str = GUIDE, **typed: object) -> TestResponse:
    """Send a page's form as it stands, with what was typed."""
    text = shown(page.rsplit("/", 1)[-1])
    seen = {"title": text.title, "text": text.text, "instead_of": hidden(owner.get(page), "instead_of")}
    return owner.post(page, page=page, **{**seen, "step": step, **typed})
