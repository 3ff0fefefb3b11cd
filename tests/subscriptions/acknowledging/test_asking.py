"""A newer notice is asked about with a running plan's next advance notice, once, and confirmed once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
from sqlalchemy import select

from kits import clock, host
from kits.audit import AuditEntry
from kits.catalogue.notice import withdraw
from kits.settings import timezone
from subscriptions.acknowledging import asking, confirming
from subscriptions.commands import end
from subscriptions.replanning import announce_anew
from subscriptions.tables import Refill, Subscription
from tests.bench.statements import counted
from tests.journeys.driving import Bought, Driver, days
from tests.servers.client import Visitor
from tests.subscriptions.acknowledging.conftest import CHANGED, REMINDED, confirm, link_in, rows

Say = Callable[..., str]
Sent = Callable[[], list[str]]


def told(mail: str) -> tuple[bool, bool]:
    """Whether the mail asks to read a new notice, and whether it reminds of one."""
    return CHANGED in mail, REMINDED in " ".join(mail.split())


def to_the_second_notice(driver: Driver, bought: Bought) -> None:
    """Let the first refill be charged and the second one be announced."""
    refill = driver.refill(bought)
    if refill.state == "scheduled":
        refill = driver.until_due(bought)
    driver.travel(refill.charge_on)
    driver.travel(driver.refill(bought, 2).notice_on)


def test_bought_under_one_notice_a_plan_confirms_the_next_one_and_is_not_asked_again(
    driver: Driver, bought: Bought, new_notice: Say, advance_notices: Sent, client: Visitor
) -> None:
    new_notice()
    driver.travel(driver.refill(bought).notice_on)
    [first] = advance_notices()
    assert told(first) == (True, False)
    assert "Words of version 2.\n\n- one point;\n- another." in first.replace("\r\n", "\n")
    path = link_in(first)
    assert path.startswith("/notices/")
    assert client.get(path).status_code == 200
    assert rows()[0][3] is None, "looking confirms nothing"
    for _ in range(2):
        assert confirm_or_look(client, path) == "You have confirmed the notice"
    [(plan, version, asked_at, accepted_at)] = rows()
    assert (plan, version) == (bought.subscription_id, "2")
    assert asked_at < accepted_at
    to_the_second_notice(driver, bought)
    assert [told(mail) for mail in advance_notices()] == [(True, False), (False, False)]
    assert len(rows()) == 1


def confirm_or_look(client: Visitor, path: str) -> str:
    """Confirm what the page asks, if it does; the heading of the page it leads to."""
    if "csrf_token" in client.get(path).text:
        assert confirm(client, path).location == path
    found = re.search("<h1>(.*?)</h1>", client.get(path).text)
    return found.group(1) if found else ""


def test_a_plan_bought_under_the_notice_in_force_is_not_asked(
    driver: Driver, bought: Bought, advance_notices: Sent
) -> None:
    driver.travel(driver.refill(bought).notice_on)
    assert [told(mail) for mail in advance_notices()] == [(False, False)]
    assert rows() == []


def test_a_mail_written_before_the_new_notice_is_not_written_anew_and_the_one_after_asks(
    driver: Driver, bought: Bought, new_notice: Say, advance_notices: Sent
) -> None:
    driver.travel(driver.refill(bought).notice_on)
    new_notice()
    to_the_second_notice(driver, bought)
    assert [told(mail) for mail in advance_notices()] == [(False, False), (True, False)]


def test_who_had_not_answered_when_a_notice_is_written_anew_is_reminded(
    driver: Driver, bought: Bought, new_notice: Say, advance_notices: Sent, client: Visitor
) -> None:
    new_notice()
    refill = driver.refill(bought)
    driver.travel(refill.notice_on)
    with host.unit() as session:  # as when it costs more by now
        announce_anew(session.get_one(Refill, refill.id), clock.today(clock.now()))
    driver.work()
    first, second = advance_notices()
    assert (told(second), "Words of version 2." in second) == ((False, True), True)
    assert link_in(second) == f"/orders/{bought.token}/refills/{bought.subscription_id}/notice"
    assert len(rows()) == 1
    confirm(client, link_in(first))
    assert confirm_or_look(client, link_in(second)) == "You have confirmed the notice", "both links lead to one page"


def test_each_newer_version_is_asked_about_by_itself(
    driver: Driver, bought: Bought, new_notice: Say, advance_notices: Sent, client: Visitor
) -> None:
    new_notice()
    new_notice()
    driver.travel(driver.refill(bought).notice_on)
    confirm(client, link_in(advance_notices()[0]))
    new_notice()
    to_the_second_notice(driver, bought)
    assert [("version 3" in mail, "version 4" in mail) for mail in advance_notices()] == [(True, False), (False, True)]
    assert [row[1] for row in rows()] == ["3", "4"]


def test_a_version_that_was_taken_back_is_not_asked_about(
    driver: Driver, bought: Bought, new_notice: Say, advance_notices: Sent, kit: str
) -> None:
    new_notice(clock.today(clock.now()) + days(1))
    withdraw(kit, "2", actor="staff:1", now=clock.now())
    driver.travel(driver.refill(bought).notice_on)
    assert [told(mail) for mail in advance_notices()] == [(False, False)]


@pytest.mark.parametrize(("at", "asks"), [(time(23, 59), False), (time(0, 0), True)])
def test_a_notice_written_at_night_follows_the_day_in_london(
    at: time, asks: bool, driver: Driver, bought: Bought, new_notice: Say
) -> None:
    begins = next_change_of_clocks(clock.today(clock.now()))
    new_notice(begins)
    moment = datetime.combine(begins if asks else begins - days(1), at, timezone())
    with host.unit() as session:
        plan = session.get_one(Subscription, bought.subscription_id)
        assert (asking.ask(session, plan, moment) is not None) == asks


def next_change_of_clocks(day: date) -> date:
    """The day after the next one on which the clocks change in London."""
    offset = {n: datetime.combine(day + days(n), time(12), timezone()).utcoffset() for n in range(-1, 365)}
    return day + days(next(n for n in range(365) if offset[n] != offset[n - 1]))


def test_confirming_at_once_is_kept_once(
    driver: Driver, bought: Bought, new_notice: Say, at_once: Callable[..., list[Any]]
) -> None:
    new_notice()
    driver.travel(driver.refill(bought).notice_on)
    plan_id, now = bought.subscription_id or 0, clock.now()
    assert at_once([lambda: confirming.confirm(plan_id, "2", actor="customer", now=now)] * 4) == [None] * 4
    entries = host.session().scalars(select(AuditEntry.subject).where(AuditEntry.action == "notice.acknowledged"))
    assert entries.all() == [f"subscription {bought.subscription_id}"]


def test_a_plan_that_has_ended_is_neither_asked_nor_kept_as_confirmed(
    driver: Driver, bought: Bought, new_notice: Say, advance_notices: Sent, client: Visitor
) -> None:
    new_notice()
    driver.travel(driver.refill(bought).notice_on)
    path = link_in(advance_notices()[0])
    token = client.get(path).text.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert bought.subscription_id is not None
    end(bought.subscription_id, actor="customer", now=clock.now())
    assert client.post(path, data={"csrf_token": token, "accepted": "1"}).location == path
    assert rows()[0][3] is None
    assert "Your refills have ended" in client.get(path).text


def test_the_duty_takes_as_many_statements_however_many_versions_there_are(
    driver: Driver, bought: Bought, new_notice: Say
) -> None:
    def statements() -> int:
        with counted(host.engine()) as found, host.unit() as session:
            asking.ask(session, session.get_one(Subscription, bought.subscription_id), clock.now())
            session.rollback()
        return len(found)

    new_notice()
    few = statements()
    for _ in range(8):
        new_notice()
    assert statements() == few
