"""The list of templates is whole, and each previews with sample values that are nobody's."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import StrictUndefined
from sqlalchemy import func, select

from kits import host
from shop.registers import MailTemplate, registers
from shop.work.outbox import OutboxMail
from tests.journeys.mistakes import nothing_changed
from tests.shop.admin.conftest import Staff
from tests.test_architecture import ROOT

NAMES = sorted(path.relative_to(ROOT / "templates").with_suffix("") for path in ROOT.glob("templates/*/mails/*.txt"))
PAGE = "/admin/mails/templates/shop/sign_in"


def address(name: Path | str) -> str:
    room, _, short = str(name).split("/")
    return f"/admin/mails/templates/{room}/{short}"


def template(name: Path) -> MailTemplate:
    return next(each for each in registers().mail_templates if each.name == str(name))


def test_every_template_is_in_the_list_once(app: Flask) -> None:
    assert NAMES
    assert sorted(each.name for each in registers().mail_templates) == [str(name) for name in NAMES]


@pytest.mark.parametrize("name", NAMES, ids=str)
def test_a_sample_is_a_whole_mail(kit: str, app: Flask, now: datetime, name: Path) -> None:
    """Nothing it says is missing: a value that a template asks for and the sample has not is an error here."""
    app.jinja_env.undefined = StrictUndefined
    sample = template(name).sample(now)
    assert sample.subject
    assert sample.text.strip().endswith(app.config["SHOP_NAME"])
    assert sample.subject.split()[0] in sample.html
    assert "None" not in sample.text
    assert "\n\n\n" not in sample.text.strip()
    host.end_reads()


@pytest.mark.parametrize("name", NAMES, ids=str)
def test_looking_at_a_sample_saves_nothing(kit: str, app: Flask, now: datetime, name: Path) -> None:
    with nothing_changed():
        template(name).sample(now)
        assert not host.session().new
        assert not host.session().dirty


def test_the_list_says_what_causes_each_and_who_reads_it(staff: Staff, kit: str) -> None:
    page = staff.get("/admin/mails/templates").text
    for each in registers().mail_templates:
        for told in (each.title, each.cause, each.reader, each.name):
            assert told.replace("'", "&#39;") in page
        assert f'href="{address(each.name)}"' in page


@pytest.mark.parametrize("name", NAMES, ids=str)
def test_a_preview_shows_text_and_html(staff: Staff, kit: str, name: Path) -> None:
    page = staff.get(address(name))
    assert page.status_code == 200
    assert f'src="{address(name)}/html"' in page.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    shown = staff.get(f"{address(name)}/html")
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert shown.text.startswith("<!doctype html>")


def test_a_sample_goes_to_the_owner_once_however_often_it_is_clicked(staff: Staff, kit: str) -> None:
    submission = re.findall(r'name="submission" id="submission" value="([^"]+)"', staff.get(PAGE).text)[0]
    for _ in range(2):
        answer = staff.post(f"{PAGE}/send", page=PAGE, submission=submission)
        assert answer.status_code == 303
    sent = host.session().execute(select(OutboxMail.to, OutboxMail.subject)).all()
    host.end_reads()
    assert sent == [("owner@example.org", "Sample: Your link to sign in to Refillery")]
    assert staff.get(answer.location).status_code == 200


@pytest.mark.parametrize("submission", [None, "", "  ", "x" * 65, "a\x00b"])
def test_a_form_that_is_none_of_ours_sends_nothing(staff: Staff, kit: str, submission: str | None) -> None:
    given = {} if submission is None else {"submission": submission}
    with nothing_changed():
        answer = staff.post(f"{PAGE}/send", page=PAGE, **given)
    assert answer.status_code == 422


def test_without_an_owner_there_is_nobody_to_send_it_to(staff: Staff, kit: str, app: Flask) -> None:
    app.config["SHOP_OWNER_EMAIL"] = ""
    assert "set <span" in staff.get(PAGE).text
    answer = staff.post(f"{PAGE}/send", page="/admin/receive", submission="a")
    assert answer.status_code == 422
    assert "There is no address to send it to" in answer.text
    assert host.session().scalar(select(func.count(OutboxMail.id))) == 0


@pytest.mark.parametrize("path", ["shop/nothing", "nothing/sign_in", "shop/..%2f..%2fbase", "shop/base"])
def test_what_is_no_template_is_no_page(staff: Staff, kit: str, path: str) -> None:
    for ending in ("", "/html"):
        assert staff.get(f"/admin/mails/templates/{path}{ending}").status_code == 404
    assert staff.post(f"/admin/mails/templates/{path}/send", page=PAGE, submission="a").status_code == 404
