"""A plan ends for good; a new one is a purchase of its own, offered quietly and only after the last session."""

from __future__ import annotations

import re
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select, update

from kits import clock, host
from kits.catalogue.tables import Kit
from subscriptions import commands
from subscriptions.controls import changing
from subscriptions.tables import Subscription
from tests.journeys.driving import Bought, Driver, days
from tests.servers.client import Visitor

End = Callable[[], str]
OFFERED = "If you would like to go on"


@pytest.fixture
def lived(driver: Driver, plan_id: int) -> Callable[[], None]:
    """Let the plan run to its end."""

    def live() -> None:
        last = host.session().scalar(select(Subscription.last_session).where(Subscription.id == plan_id))
        host.end_reads()
        assert last is not None
        driver.travel(last + days(1))

    return live


@pytest.fixture
def last_mail(mail_folder: Path) -> Callable[[], str]:
    """The newest mail, its subject and text."""

    def read() -> str:
        mail = message_from_bytes(max(mail_folder.iterdir()).read_bytes(), policy=policy.default)
        body = mail.get_body(("plain",))
        assert body is not None
        return f"{mail['Subject']}\n{body.get_content()}".replace("\r\n", "\n")

    return read


def test_a_plan_at_its_end_offers_the_same_again_and_asks_nothing(
    lived: Callable[[], None], last_mail: End, client: Visitor, driver: Driver, bought: Bought, plan_id: int
) -> None:
    changing.change_plan(plan_id, 8, 3, actor="customer", now=clock.now())
    lived()
    before = driver.charges()
    mail = last_mail()
    assert mail.startswith("Your refills have ended")
    (link,) = re.findall(r"\n\nIf you would like to go on, you can plan anew\..*\n(http\S+)\n\n", mail)
    asked = parse_qs(urlsplit(link).query)
    assert asked == {"sessions": ["8"], "every_weeks": ["3"], "quantity": ["1"], "refills": ["0"]}
    assert OFFERED in client.get(f"/orders/{bought.token}").text
    page = client.get(f"{urlsplit(link).path}?{urlsplit(link).query}")
    assert page.status_code == 200
    assert driver.charges() == before


def test_whoever_ended_the_refills_is_offered_nothing(
    last_mail: End, client: Visitor, driver: Driver, bought: Bought, plan_id: int
) -> None:
    commands.end(plan_id, actor="customer", now=clock.now())
    driver.work()
    assert last_mail().startswith("Your refills have ended")
    assert OFFERED not in last_mail()
    assert OFFERED not in client.get(f"/orders/{bought.token}").text


def test_a_kit_that_is_no_longer_sold_is_not_offered(
    lived: Callable[[], None], last_mail: End, client: Visitor, bought: Bought
) -> None:
    with host.unit() as session:
        session.execute(update(Kit).values(published=False))
    lived()
    assert last_mail().startswith("Your refills have ended")
    assert OFFERED not in last_mail() + client.get(f"/orders/{bought.token}").text


def test_a_running_plan_offers_no_other(client: Visitor, bought: Bought) -> None:
    assert OFFERED not in client.get(f"/orders/{bought.token}").text
