"""A customer, a staff member, and reading the mails that wait."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from kits import host
from shop.customers.people import customer_id
from shop.customers.signing_in.asking import LINK_DUTY
from shop.customers.signing_in.links import mail_link
from shop.customers.staff.members import add_staff
from shop.work.duties import run_once
from shop.work.mailing.sending import MAIL_DUTY
from tests.servers.client import Visitor

EMAIL, PASSWORD = "ada@example.org", "correct horse battery"


def send_link(email: str, now: datetime) -> None:
    """What the duty does for whoever asked for a link to sign in."""
    with host.unit() as session:
        mail_link(session, email, now)


@pytest.fixture
def ada(app: Flask, now: datetime) -> int:
    """A customer's id."""
    with host.unit() as session:
        return customer_id(session, EMAIL, "Ada", now)


@pytest.fixture
def staff_member(app: Flask, now: datetime) -> str:
    """A staff member's e-mail; the password is PASSWORD."""
    with host.unit() as session:
        return add_staff(session, "staff@example.org", PASSWORD, now).email


@pytest.fixture
def mails(mail_folder: Path) -> Callable[[], list[EmailMessage]]:
    """Sends what waits and gives every mail sent so far, the oldest first."""

    def sent() -> list[EmailMessage]:
        run_once([LINK_DUTY, MAIL_DUTY])
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in sorted(mail_folder.iterdir())]

    return sent


@pytest.fixture
def post(client: Visitor) -> Callable[..., object]:
    """Sends a form as the page at `page` would, its token included."""

    def sending(page: str, action: str | None = None, **data: str) -> object:
        found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
        return client.post(action or page, data={**data, "csrf_token": found.group(1) if found else ""})

    return sending


@pytest.fixture
def signed_in(client: Visitor, ada: int, post: Callable[..., Any], mails: Callable[[], list[EmailMessage]]) -> Visitor:
    """Ada at her browser, signed in by a mailed link."""
    post("/account/", email=EMAIL)
    post(link_in(mails()[-1]))
    return client


def link_in(mail: EmailMessage) -> str:
    """The path of the link in a mail."""
    found = re.search(r"https?://[^/\s]+(/account/sign-in/\S+)", mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert found
    return found.group(1)
