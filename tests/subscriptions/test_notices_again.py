"""An advance notice that was refused, given up or sent again: the charge waits for its acceptance, then for 7 days."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select, update

from kits import clock, host
from kits.errors import WrongState
from shop.work.mailing.again import call_back, correct, put_away, send_again
from shop.work.outbox import OutboxMail
from subscriptions.tables import Refill
from tests.journeys.driving import Bought, Driver, days
from tests.subscriptions.test_duties import a_round, charged_seven_days_after_it_was_accepted, due, free_all


def notice(driver: Driver, bought: Bought) -> tuple[int, int, str]:
    """The id of the first refill's notice, how often it was changed, its state."""
    columns = select(OutboxMail.id, OutboxMail.times, OutboxMail.state)
    query = columns.join(Refill, Refill.notice_id == OutboxMail.id).where(Refill.id == driver.refill(bought).id)
    found = host.session().execute(query).one()
    host.end_reads()
    return found.id, found.times, found.state


def again(driver: Driver, bought: Bought, act: Any = send_again, **more: str) -> bool:
    mail_id, times, _ = notice(driver, bought)
    return bool(act(mail_id, times, **more, actor="staff:1", now=clock.now()))


@pytest.fixture
def given_up(driver: Driver, bought: Bought, app: Any) -> Bought:
    """A plan whose first notice could not be sent for days; the server is well again."""
    first, mails = driver.refill(bought), app.config["SHOP_MAIL_URL"]
    app.config["SHOP_MAIL_URL"] = "smtp://127.0.0.1:9"
    for late in range(6):
        driver.travel(first.notice_on + days(late), work=False)
        free_all()
        a_round()
    app.config["SHOP_MAIL_URL"] = mails
    return bought


def test_a_notice_that_was_given_up_is_charged_for_only_once_it_was_sent_again(
    driver: Driver, given_up: Bought
) -> None:
    assert notice(driver, given_up)[2] == "dead"
    driver.travel(driver.refill(given_up).needed_on + days(2))
    assert (driver.refill(given_up).state, due()) == ("scheduled", [])
    assert again(driver, given_up)
    driver.work()
    charged_seven_days_after_it_was_accepted(driver, given_up)


def test_a_notice_that_was_put_away_is_never_charged_for(driver: Driver, given_up: Bought) -> None:
    assert again(driver, given_up, put_away)
    driver.travel(driver.refill(given_up).needed_on + days(20))
    assert driver.charges() == {(given_up.number, "-"): 1}


def test_an_accepted_notice_that_is_sent_again_counts_from_its_new_acceptance(driver: Driver, bought: Bought) -> None:
    refill = driver.until_due(bought)
    assert due() == [refill.id]
    assert again(driver, bought, correct, to="new@example.org")
    assert (driver.refill(bought).state, due()) == ("scheduled", [])
    driver.work()
    assert driver.refill(bought).state == "notified"
    charged_seven_days_after_it_was_accepted(driver, bought)


def test_a_notice_that_is_called_back_keeps_its_day(driver: Driver, bought: Bought) -> None:
    refill = driver.until_due(bought)
    assert again(driver, bought)
    assert again(driver, bought, call_back)
    driver.work()
    assert driver.refill(bought).charge_on == refill.charge_on
    assert driver.refill(bought).state == "paid"


@pytest.mark.parametrize("state", ["charging", "declined"])
def test_a_notice_is_not_sent_again_once_its_charge_has_begun(driver: Driver, bought: Bought, state: str) -> None:
    refill = driver.until_due(bought)
    with host.unit() as session:
        session.execute(update(Refill).where(Refill.id == refill.id).values(state=state))
    with pytest.raises(WrongState, match="has begun"):
        again(driver, bought)
    assert notice(driver, bought)[2] == "sent"


def test_sending_a_notice_again_writes_no_second_one(driver: Driver, bought: Bought) -> None:
    driver.until_due(bought)
    again(driver, bought)
    driver.work()
    counted = select(func.count(OutboxMail.id)).where(OutboxMail.key.like("advance%"))
    assert host.session().scalar(counted) == 1
    host.end_reads()
