"""The texts of the shop's pages: what is shipped, what the owner publishes, which version holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from kits import host
from kits.audit import AuditEntry
from kits.errors import BadInput, NotFound, RefilleryError, WrongState
from shop.owner import pages
from shop.owner.pages import PAGES, current, publish, versions
from shop.owner.tables import PageVersion

A_PAGE = {"page": "guide", "title": "The guide", "text": "Plan first.", "actor": "staff:1"}


def read(page: str = "guide") -> pages.PageText:
    """What the page says now."""
    found = current(host.session(), page)
    host.end_reads()
    return found


@pytest.mark.parametrize("page", PAGES)
def test_a_new_shop_has_every_page(page: str, app: Flask) -> None:
    found = read(page)
    assert (found.version, found.shipped, found.published_at) == ("0", True, None)
    assert found.title
    assert len(found.text) > 500
    assert found.sha256 == pages.digest(found.text)


def test_what_was_published_last_is_what_the_page_says(app: Flask, now: datetime) -> None:
    publish(**A_PAGE, now=now)
    publish(**{**A_PAGE, "text": "Plan first,\r\nthen buy."}, now=now)
    found = read()
    assert (found.version, found.text, found.shipped) == ("2", "Plan first,\nthen buy.\n", False)
    assert (found.published_at, found.published_by) == (now, "staff:1")
    assert [each.version for each in versions(host.session(), "guide")] == ["2", "1", "0"]
    assert read("terms").shipped


def test_the_same_text_is_published_once(app: Flask, now: datetime) -> None:
    first = publish(**A_PAGE, now=now)
    assert publish(**A_PAGE, now=now) == first
    assert publish(**{**A_PAGE, "text": read().text + "\n\n"}, now=now) == first
    assert len(versions(host.session(), "guide")) == 2


def test_an_older_version_is_published_again_as_a_new_one(app: Flask, now: datetime) -> None:
    publish(**A_PAGE, now=now)
    shipped = pages.shipped("guide")
    again = publish("guide", shipped.title, shipped.text, actor="staff:2", now=now)
    assert (again.version, again.text, again.sha256) == ("2", shipped.text, shipped.sha256)
    assert not again.shipped


def test_the_audit_log_says_who_published_which_version(app: Flask, now: datetime) -> None:
    made = publish(**A_PAGE, now=now)
    entry = host.session().scalars(select(AuditEntry)).one()
    assert (entry.actor, entry.action, entry.subject) == ("staff:1", "page.published", "page guide")
    assert entry.detail == {"version": 1, "sha256": made.sha256}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("title", value) for value in ("", "  ", "x" * 81, "a\0b", "two\nlines")),
        *(("text", value) for value in ("", " \n ", "x" * 60_001, "a\0b", "\x1b[0m", "\ud800")),
    ],
)
def test_what_cannot_be_a_page_is_refused_at_its_field(field: str, value: str, app: Flask, now: datetime) -> None:
    with pytest.raises(BadInput) as refused:
        publish(**{**A_PAGE, field: value}, now=now)
    assert refused.value.field == field
    assert read().shipped


@pytest.mark.parametrize("page", ["", "nothing", "../terms", "guide\0"])
def test_a_page_that_we_do_not_have_is_not_found(page: str, app: Flask, now: datetime) -> None:
    with pytest.raises(NotFound):
        read(page)
    with pytest.raises(NotFound):
        publish(**{**A_PAGE, "page": page}, now=now)


def test_whoever_saw_an_older_version_does_not_publish_over_the_newer(app: Flask, now: datetime) -> None:
    publish(**A_PAGE, now=now, instead_of="0")
    with pytest.raises(WrongState, match="Someone else"):
        publish(**{**A_PAGE, "text": "Mine."}, now=now, instead_of="0")
    assert read().text == "Plan first.\n"


def test_of_two_who_publish_at_once_each_gets_a_version_or_is_told(
    app: Flask, now: datetime, at_once: Callable[..., list[Any]]
) -> None:
    texts = ["One.", "Two.", "Three."]
    told = at_once([lambda text=text: publish(**{**A_PAGE, "text": text}, now=now) for text in texts])
    assert all(isinstance(each, pages.PageText | RefilleryError) for each in told)
    numbers = list(host.session().scalars(select(PageVersion.number).order_by(PageVersion.number)))
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) == sum(isinstance(each, pages.PageText) for each in told)


@pytest.mark.parametrize("change", ["UPDATE shop_page_version SET text = 'x'", "DELETE FROM shop_page_version"])
def test_the_database_refuses_to_change_a_published_version(app: Flask, now: datetime, change: str) -> None:
    publish("terms", "Terms", "Ours.", actor="staff:1", now=now)
    with pytest.raises(DBAPIError, match="shop_page_version is append-only"), host.unit() as session:
        session.execute(text(change))
    assert current(host.session(), "terms").text == "Ours.\n"
