"""The mails about a plan lead to the page on which its sessions are logged."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import select

from kits import clock, host
from shop.orders import parcels
from shop.work.outbox import OutboxMail
from subscriptions.commands import end
from subscriptions.controls import pauses
from tests.journeys.driving import Bought, Driver, days
from tests.servers.client import Visitor

Link = Callable[[str], str]


@pytest.fixture
def link(mail_folder: Path) -> Link:
    """The path to the sessions in the one mail with this subject."""

    def found(subject: str) -> str:
        mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in mail_folder.iterdir()]
        (text,) = [mail.get_body(("plain",)) for mail in mails if mail["Subject"] == subject]
        assert text is not None
        (path,) = re.findall(r"To log your sessions:\r?\nhttps?://[^/]+(\S+)", text.get_content())
        return str(path)

    return found


def test_a_paid_refills_mail_leads_to_the_sessions(driver: Driver, bought: Bought, link: Link, client: Visitor) -> None:
    driver.until_due(bought)
    driver.work()
    page = client.get(link("Your refill is paid and will be sent"))
    assert page.status_code == 200
    assert "Session 10" in page.text


def test_a_changed_plans_mail_leads_to_the_sessions(
    driver: Driver, plan_id: int, today: date, link: Link, client: Visitor
) -> None:
    pauses.pause(plan_id, today + days(30), actor="customer", now=clock.now())
    driver.work()
    assert client.get(link("Your plan has changed")).status_code == 200


def test_a_parcels_mails_lead_to_the_sessions(driver: Driver, bought: Bought, link: Link, client: Visitor) -> None:
    parcels.ship(bought.order_id, tracking="", actor="staff:1", now=clock.now())
    parcels.deliver(bought.order_id, 1, actor="staff:1", now=clock.now())
    driver.work()
    for subject in ("On its way", "Delivered"):
        assert client.get(link(f"{subject}: order {bought.number}")).status_code == 200


def test_once_the_plan_has_ended_they_lead_there_no_more(driver: Driver, bought: Bought) -> None:
    end(bought.subscription_id or 0, actor="customer", now=clock.now())
    parcels.ship(bought.order_id, tracking="", actor="staff:1", now=clock.now())
    text = host.session().scalar(select(OutboxMail.text).where(OutboxMail.key.like("parcel-sent-%")))
    host.end_reads()
    assert text is not None
    assert "log your sessions" not in text
