"""A mail server that is down delays mails and loses none; after days they are given up, whole, and somebody is told."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from kits import host
from shop.work.duties import one_round, run_once
from shop.work.mailing.again import put_away, send_again
from shop.work.mailing.mail_server import MailWaits
from shop.work.mailing.sending import MAIL_DUTY, send_mail
from shop.work.outbox import OutboxMail
from tests.shop.work.conftest import LETTER, Queue, Server, row

HOURS = 72


@pytest.fixture
def down(app: Flask) -> None:
    app.config["SHOP_MAIL_URL"] = "smtp://127.0.0.1:1"


@pytest.fixture
def hanging(app: Flask) -> Iterator[None]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        app.config["SHOP_MAIL_URL"] = f"smtp://127.0.0.1:{silent.getsockname()[1]}?timeout=0.1"
        yield


def try_it(mail_id: int, at: datetime) -> None:
    """Try it as a worker would; trouble puts it back."""
    with suppress(MailWaits):
        send_mail(mail_id, at)


def fail_for(mail_id: int, start: datetime, hours: float) -> None:
    """Try it at the start and after so many hours."""
    try_it(mail_id, start)
    try_it(mail_id, start + timedelta(hours=hours))


def dead_alarms() -> list[Any]:
    found = select(OutboxMail.to, OutboxMail.text, OutboxMail.html).where(OutboxMail.key.startswith("dead:"))
    try:
        return list(host.session().execute(found))
    finally:
        host.end_reads()


@pytest.mark.parametrize(("hours", "state"), [(HOURS - 0.1, "queued"), (HOURS, "dead")])
def test_a_mail_is_given_up_when_tries_have_failed_for_three_days(
    down: None, queue: Queue, now: datetime, hours: float, state: str
) -> None:
    mail_id = queue()
    fail_for(mail_id, now, hours)
    assert row(mail_id).state == state
    assert "ConnectionRefusedError" in row(mail_id).problem


def test_how_long_is_a_setting(down: None, app: Flask, queue: Queue, now: datetime) -> None:
    app.config["SHOP_MAIL_GIVE_UP_HOURS"] = 1
    mail_id = queue()
    fail_for(mail_id, now, 1)
    assert row(mail_id).state == "dead"


def test_days_without_a_worker_are_no_failed_tries(down: None, queue: Queue, now: datetime) -> None:
    mail_id = queue()
    try_it(mail_id, now + timedelta(days=9))
    assert row(mail_id).state == "queued"


def test_a_dead_mail_stays_whole_and_is_not_tried_any_more(smtp: Server, queue: Queue, now: datetime) -> None:
    smtp.after_data = "451 Try later"
    mail_id = queue()
    fail_for(mail_id, now, HOURS)
    smtp.after_data = "250 OK"
    with host.unit() as session:
        session.execute(update(OutboxMail).where(OutboxMail.id != mail_id).values(state="sent"))
    assert run_once([MAIL_DUTY]) == 0
    kept = host.session().execute(select(OutboxMail.text, OutboxMail.html).where(OutboxMail.id == mail_id)).one()
    assert tuple(kept) == (LETTER.text, LETTER.html)
    host.end_reads()


def test_the_owner_is_told_once_of_all_that_was_given_up(down: None, queue: Queue, now: datetime) -> None:
    for key in "abc":
        fail_for(queue(key=key, to=f"{key}@example.org"), now, HOURS)
    ((to, text, html),) = dead_alarms()
    assert to == "owner@example.org"
    assert "/admin/mails?state=dead" in text
    assert "a@example.org" not in text + html


def test_the_owner_is_told_anew_when_the_first_was_dealt_with(down: None, queue: Queue, now: datetime) -> None:
    first = queue()
    fail_for(first, now, HOURS)
    assert put_away(first, 0, actor="staff:1", now=now)
    fail_for(queue(key="b"), now, HOURS)
    assert len(dead_alarms()) == 2


def test_an_alarm_that_is_given_up_raises_no_other(down: None, queue: Queue, now: datetime) -> None:
    fail_for(queue(to="owner@example.org"), now, HOURS)
    assert dead_alarms() == []


def test_a_mail_that_is_sent_again_has_its_days_anew(down: None, queue: Queue, now: datetime) -> None:
    mail_id = queue()
    fail_for(mail_id, now, HOURS)
    send_again(mail_id, 0, actor="staff:1", now=now + timedelta(hours=HOURS))
    try_it(mail_id, now + timedelta(hours=HOURS + 1))
    assert row(mail_id).state == "queued"


def test_a_server_that_hangs_keeps_the_worker_for_a_moment_only(hanging: None, queue: Queue) -> None:
    ids = [queue(key=f"mail-{number}") for number in range(10)]
    assert one_round([MAIL_DUTY]) == 0
    assert {row(mail_id).state for mail_id in ids} == {"queued"}
    assert [row(mail_id).problem is None for mail_id in ids].count(False) == 1, "the others were not even tried"


@pytest.mark.parametrize("greeting", ["421 Too busy", "451 Greylisted, come back"])
def test_a_server_that_turns_everyone_away_gets_it_later(
    app: Flask, queue: Queue, now: datetime, greeting: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        app.config["SHOP_MAIL_URL"] = f"smtp://127.0.0.1:{busy.getsockname()[1]}?timeout=1"
        mail_id = queue()

        def turn_away() -> None:
            caller, _ = busy.accept()
            with caller:
                caller.sendall(f"{greeting}\r\n".encode())

        Thread(target=turn_away, daemon=True).start()
        try_it(mail_id, now)
    assert row(mail_id).state == "queued"
    assert greeting[:3] in row(mail_id).problem
