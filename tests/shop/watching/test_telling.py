"""The owner is written to once an alarm, and when it is over; staff see it on every page of the admin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from kits import clock, host
from shop.payments.tables import WebhookEvent
from shop.watching.standing import AGAIN
from shop.watching.tables import AlarmRow, Worker
from shop.watching.telling import look_after_shop
from shop.work.outbox import OutboxMail
from tests.bench.statements import counted
from tests.servers.client import Visitor
from tests.shop.admin.conftest import Staff, words
from tests.shop.watching.conftest import a_mail, a_worker, an_event

Read = Callable[[Any], list[Any]]
OWNERS = OutboxMail.to == "owner@example.org"
SUBJECTS = select(OutboxMail.subject).where(OWNERS).order_by(OutboxMail.id)
TEXTS = select(OutboxMail.text).where(OWNERS).order_by(OutboxMail.id)


@pytest.fixture
def hasty(app: Flask) -> None:
    """What is wrong is told at the first look."""
    app.config["SHOP_ALARM_AFTER_MINUTES"] = 0


def events_are_worked() -> None:
    with host.unit() as session:
        session.execute(update(WebhookEvent).values(processed_at=clock.now()))


def a_day_passes() -> None:
    with host.unit() as session:
        session.execute(update(AlarmRow).values(told=AlarmRow.told - AGAIN))


def test_one_mail_when_it_is_raised_one_a_day_and_one_when_it_is_over(hasty: None, read: Read, now: datetime) -> None:
    an_event(now - timedelta(hours=1), done=False)
    for _ in range(3):
        look_after_shop(now)
    assert read(SUBJECTS) == ["Please look at the shop"]
    assert "1 event of Stripe's could not be worked on" in read(TEXTS)[0]
    a_day_passes()
    look_after_shop(now)
    assert len(read(SUBJECTS)) == 2
    events_are_worked()
    for _ in range(3):
        look_after_shop(now)
    assert read(SUBJECTS)[2:] == ["An alarm is over"]
    an_event(now - timedelta(hours=1), done=False, number=2)
    look_after_shop(now)
    assert len(read(SUBJECTS)) == 4


def test_several_things_that_go_wrong_at_once_are_one_mail(hasty: None, read: Read, now: datetime) -> None:
    an_event(now - timedelta(hours=1), done=False)
    a_mail(now - timedelta(hours=2))
    look_after_shop(now)
    (mail,) = read(TEXTS)
    assert "/admin/events?state=waiting" in mail
    assert "/admin/mails?state=queued" in mail
    assert "ada@example.org" not in mail


def test_what_lasts_no_five_minutes_is_nobodys_business(app: Flask, read: Read, now: datetime) -> None:
    an_event(now - timedelta(hours=1), done=False)
    look_after_shop(now)
    look_after_shop(now + timedelta(days=400))  # business time may jump: what counts is the database's clock
    assert read(SUBJECTS) == []


def test_without_an_owner_it_is_shown_all_the_same(
    hasty: None, app: Flask, staff: Staff, read: Read, now: datetime
) -> None:
    app.config["SHOP_OWNER_EMAIL"] = ""
    an_event(now - timedelta(hours=1), done=False)
    look_after_shop(now)
    assert read(select(OutboxMail.id)) == []
    assert "1 event of Stripe" in staff.get("/admin/").text


def test_two_workers_that_look_at_once_tell_once(
    hasty: None, read: Read, at_once: Callable[..., list[Any]], now: datetime
) -> None:
    an_event(now - timedelta(hours=1), done=False)
    at_once([lambda: look_after_shop(now), lambda: look_after_shop(now)])
    assert len(read(SUBJECTS)) == 1


def test_every_page_of_the_admin_has_the_banner_until_it_is_over(hasty: None, staff: Staff, now: datetime) -> None:
    an_event(now - timedelta(hours=1), done=False)
    assert "rf-alarms" not in staff.get("/admin/orders").text
    look_after_shop(now)
    for path in ("/admin/", "/admin/orders", "/admin/forecast", "/admin/watch"):
        page = staff.get(path)
        assert "1 event of Stripe" in words(page), path
        assert 'href="/admin/events?state=waiting"' in page.text
    events_are_worked()
    look_after_shop(now)
    assert "rf-alarms" not in staff.get("/admin/orders").text


def test_a_worker_that_is_gone_is_missed_without_one(staff: Staff) -> None:
    a_worker(361.0)
    assert "No worker has been seen for 6 minutes" in words(staff.get("/admin/orders"))
    with host.unit() as session:
        session.execute(delete(Worker))
    a_worker(1.0)
    assert "rf-alarms" not in staff.get("/admin/orders").text


def test_the_banner_is_one_statement_and_nobody_elses(staff: Staff, client: Visitor, now: datetime) -> None:
    a_worker(400.0)
    with counted(host.engine()) as found:
        staff.get("/admin/orders")
    assert len([said for said in found if "shop_alarm" in said]) == 1
    assert "No worker" not in client.get("/").text


def test_the_page_says_what_is_wrong_where_and_who_works(staff: Staff, now: datetime) -> None:
    assert "All is well." in words(staff.get("/admin/watch"))
    an_event(now - timedelta(hours=1), done=False)
    a_worker(130.0)
    a_worker(1.0)
    a_worker(2000.0, ended=1.0)
    page = words(staff.get("/admin/watch"))
    assert "Events to work on needs a look" in page
    assert "All is well with: workers, payments under way" in page
    assert [state in page for state in ("2 minutes ago", "just now", "ended")] == [True] * 3
