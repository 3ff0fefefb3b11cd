"""The outbox empties: sent once, refused with an alarm, or waiting."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from kits.errors import RefilleryError
from shop.work.duties import one_round, run_once
from shop.work.mailing.sending import MAIL_DUTY, send_mail
from shop.work.outbox import Letter
from tests.shop.work.conftest import Queue, Server, alarms, row


def test_a_mail_is_sent_once_however_often_it_is_worked(smtp: Server, queue: Queue, now: datetime) -> None:
    mail_id = queue()
    for _ in range(3):
        send_mail(mail_id, now)
    assert len(smtp.taken) == 1


def test_many_workers_send_each_mail_once(
    smtp: Server, queue: Queue, at_once: Callable[..., list[Any]], now: datetime
) -> None:
    for number in range(12):
        queue(key=f"mail-{number}")
    at_once([lambda: run_once([MAIL_DUTY])] * 4)
    ids = [re.search(rb"(?im)^Message-ID: (\S+)", envelope.content).group(1) for envelope in smtp.taken]  # type: ignore[arg-type, union-attr]
    assert len(ids) == len(set(ids)) == 12


@pytest.mark.parametrize("after_data", ["250 OK", "554 No"])
def test_a_refusal_is_final_and_the_owner_is_told_once(
    smtp: Server, queue: Queue, now: datetime, after_data: str
) -> None:
    to = "refused@example.org" if after_data == "250 OK" else "ada@example.org"
    mail_id = queue(to=to, letter=Letter("About your plan", "private words", "<p>private words</p>"))
    smtp.after_data = after_data
    one_round([MAIL_DUTY])
    send_mail(mail_id, now)
    found = row(mail_id)
    assert (found.state, found.sent_at) == ("refused", None)
    assert found.problem.startswith("55")
    (alarm,) = alarms()
    assert alarm.to == "owner@example.org"
    for word in ("private", "plan", to):
        assert word not in alarm.text + alarm.html + alarm.subject


def test_a_refused_alarm_raises_no_other(smtp: Server, app: Flask, queue: Queue) -> None:
    app.config["SHOP_OWNER_EMAIL"] = "refused@example.org"
    queue(to="refused@example.org")
    run_once([MAIL_DUTY])
    assert alarms() == []
    queue(to="ada@example.org", key="b")
    smtp.after_data = "554 No"
    run_once([MAIL_DUTY])
    assert [alarm.state for alarm in alarms()] == ["refused"]


def test_without_an_owner_nobody_is_told(smtp: Server, app: Flask, queue: Queue) -> None:
    app.config["SHOP_OWNER_EMAIL"] = ""
    mail_id = queue(to="refused@example.org")
    run_once([MAIL_DUTY])
    assert row(mail_id).state == "refused"
    assert alarms() == []


@pytest.mark.parametrize("after_data", ["250 OK", "451 Try later"])
def test_a_server_that_says_later_gets_it_later(smtp: Server, queue: Queue, now: datetime, after_data: str) -> None:
    mail_id = queue(to="later@example.org" if after_data == "250 OK" else "ada@example.org")
    smtp.after_data = after_data
    with pytest.raises(RefilleryError) as waits:
        send_mail(mail_id, now)
    assert waits.value.retry
    assert row(mail_id).state == "queued"
    assert one_round([MAIL_DUTY]) == 0
    assert row(mail_id).failures == 1


def test_a_server_that_is_down_gets_it_when_it_is_back(smtp: Server, app: Flask, queue: Queue) -> None:
    app.config["SHOP_MAIL_URL"] = "smtp://127.0.0.1:1"
    mail_id = queue()
    assert one_round([MAIL_DUTY]) == 0
    app.config["SHOP_MAIL_URL"] = f"smtp://{smtp.host_and_port}"
    run_once([MAIL_DUTY])
    assert row(mail_id).state == "sent"


def test_without_a_mail_address_nothing_is_due(app: Flask, queue: Queue, now: datetime) -> None:
    app.config["SHOP_MAIL_URL"] = ""
    mail_id = queue()
    assert run_once([MAIL_DUTY]) == 0
    with pytest.raises(RefilleryError, match="MAIL_URL"):
        send_mail(mail_id, now)
