"""Magic links: sent to customers alone, used once, over after 15 minutes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from kits import host
from kits.errors import NotFound
from shop.customers.people import customer_id, known_customer
from shop.customers.signing_in.links import LedIn, leads_in, use_link
from shop.customers.signing_in.signed_in import current_customer, forget_customer_everywhere, remember_customer
from shop.customers.tables import MagicLink
from shop.work.outbox import OutboxMail
from tests.shop.customers.conftest import send_link


def mailed_tokens() -> list[str]:
    try:
        mails = host.session().scalars(select(OutboxMail).order_by(OutboxMail.id)).all()
        lines = [line for mail in mails for line in mail.text.splitlines() if "/sign-in/" in line]
        return [line.rpartition("/")[2] for line in lines]
    finally:
        host.end_reads()


def usable(token: str, now: datetime) -> bool:
    try:
        return leads_in(token, now)
    finally:
        host.end_reads()


def test_a_customer_is_mailed_a_link_however_they_write_their_address(ada: int, now: datetime) -> None:
    send_link("  Ada@Example.ORG ", now)
    (token,) = mailed_tokens()
    assert use_link(token, now).customer_id == ada


@pytest.mark.parametrize("email", ["nobody@example.org", "", "\x00", "ada@example.org\r\nBcc: x@y.z", "ä" * 9000])
def test_nobody_else_is_mailed_and_nothing_is_said(ada: int, now: datetime, email: str) -> None:
    send_link(email, now)
    assert mailed_tokens() == []


def test_a_link_works_once(ada: int, now: datetime) -> None:
    send_link("ada@example.org", now)
    (token,) = mailed_tokens()
    assert usable(token, now)
    assert usable(token, now), "looking uses nothing up"
    use_link(token, now)
    assert not usable(token, now)
    with pytest.raises(NotFound):
        use_link(token, now)


def test_a_link_works_once_for_many_at_once(ada: int, now: datetime, at_once: Callable[..., list[Any]]) -> None:
    send_link("ada@example.org", now)
    (token,) = mailed_tokens()
    found = at_once([lambda: use_link(token, now)] * 6)
    assert [each.customer_id for each in found if isinstance(each, LedIn)] == [ada]
    assert sum(isinstance(each, NotFound) for each in found) == 5


def test_a_link_is_over_after_15_minutes(ada: int, now: datetime) -> None:
    send_link("ada@example.org", now)
    (token,) = mailed_tokens()
    assert usable(token, now + timedelta(minutes=14, seconds=59))
    assert not usable(token, now + timedelta(minutes=15))
    with pytest.raises(NotFound):
        use_link(token, now + timedelta(minutes=15))


@pytest.mark.parametrize("token", ["", "wrong", "\x00", "\ud800", "a" * 100_000])
def test_no_other_token_leads_in(app: Flask, now: datetime, token: str) -> None:
    assert not usable(token, now)


def test_a_mailbox_is_not_flooded(ada: int, now: datetime) -> None:
    for _ in range(5):
        send_link("ada@example.org", now)
    assert len(mailed_tokens()) == 3
    send_link("ada@example.org", now + timedelta(minutes=16))
    assert len(mailed_tokens()) == 4


def test_only_the_tokens_hash_is_kept_and_old_links_go(ada: int, now: datetime) -> None:
    send_link("ada@example.org", now)
    (token,) = mailed_tokens()
    kept = host.session().scalars(select(MagicLink.token_sha256)).one()
    host.end_reads()
    assert token not in kept
    assert len(token) >= 43
    send_link("nobody@example.org", now + timedelta(days=2))
    assert host.session().scalar(select(func.count()).select_from(MagicLink)) == 0


def test_who_signs_out_everywhere_while_a_link_leads_in_is_out_of_that_browser_too(
    app: Flask, ada: int, now: datetime
) -> None:
    send_link("ada@example.org", now)
    (token,) = mailed_tokens()
    led = use_link(token, now)
    with app.test_request_context():
        forget_customer_everywhere(ada)
        remember_customer(led)
        assert current_customer() is None
    host.end_reads()


@pytest.mark.parametrize("typed", ["jose\u0301@example.org", "JOS\u00c9@EXAMPLE.ORG", " jos\u00e9@example.org "])
def test_an_accent_is_the_same_however_a_device_types_it(app: Flask, now: datetime, typed: str) -> None:
    with host.unit() as session:
        jose = customer_id(session, "jos\u00e9@example.org", "Jos\u00e9", now)
    with host.unit() as session:
        assert customer_id(session, typed, "Jos\u00e9", now) == jose
        assert (known := known_customer(session, typed)) is not None
        assert known.id == jose
