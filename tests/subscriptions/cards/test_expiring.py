"""Cards that expire before the next charge are told of a month and a week ahead; renewed ones are not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from dateutil.relativedelta import relativedelta
from sqlalchemy import delete, select

from kits import host
from shop.payments.cards.tables import SavedCard
from subscriptions.cards.expiring import stage
from tests.journeys.driving import Bought, Driver, days
from tests.journeys.shopping import letters
from tests.subscriptions.cards.conftest import Cards

EXPIRES = "Your card expires before your next refill"
CHARGE = date(2027, 5, 12)
Subjects = Callable[[], list[str]]


@pytest.mark.parametrize(
    ("day", "due"),
    [(date(2027, 4, 11), None), (date(2027, 4, 12), "month"), (date(2027, 5, 4), "month"), (date(2027, 5, 5), "week"),
     (CHARGE, "week"), (date(2027, 5, 13), None)],
)  # fmt: skip
def test_which_mail_is_due(day: date, due: str | None) -> None:
    assert stage(CHARGE, day) == due


def before(driver: Driver, bought: Bought) -> str:
    """The month before the charge, as it stands on a card."""
    month = driver.refill(bought).charge_on.replace(day=1) - days(1)
    return f"{month:%m/%Y}"


def test_a_card_that_ends_too_early_is_told_of_twice(
    cards: Cards, driver: Driver, bought: Bought, subjects: Subjects, mail_folder: Path
) -> None:
    cards.renewed(cards.plan[0], before(driver, bought))
    charge = driver.refill(bought).charge_on
    told = []
    for day in (charge - relativedelta(months=1, days=1), charge - relativedelta(months=1), charge - days(20),
                charge - days(7), charge - days(3)):  # fmt: skip
        driver.travel(day)
        told.append(subjects().count(EXPIRES))
    assert told == [0, 1, 1, 2, 2]
    mail = next(each for each in letters(mail_folder) if each.subject == EXPIRES)
    assert mail.text.startswith("Please save your new card before")


def test_a_card_that_lasts_is_not_told_of(cards: Cards, driver: Driver, bought: Bought, subjects: Subjects) -> None:
    cards.renewed(cards.plan[0], f"{driver.refill(bought).charge_on:%m/%Y}")
    driver.travel(driver.refill(bought).charge_on - days(2))
    assert EXPIRES not in subjects()


def test_a_card_that_its_bank_renewed_is_told_of_by_nobody_even_if_no_event_came(
    cards: Cards, driver: Driver, bought: Bought, subjects: Subjects
) -> None:
    cards.renewed(cards.plan[0], before(driver, bought))
    cards.renewed(cards.plan[0], "01/2040", told=False, last4="1881")
    driver.travel(driver.refill(bought).charge_on - days(10))
    assert EXPIRES not in subjects()
    assert cards.plan[1] == "1881"


def test_what_the_bank_renewed_is_shown_and_charged(cards: Cards, driver: Driver, bought: Bought) -> None:
    cards.renewed(cards.plan[0], "01/2040", last4="1881")
    assert cards.plan[1] == "1881"
    driver.travel(driver.until_due(bought).charge_on)
    assert driver.refill(bought).state == "paid"


def test_an_expired_card_that_was_declined_waits_and_can_pay_again_once_renewed(
    cards: Cards, driver: Driver, bought: Bought
) -> None:
    cards.behaves(cards.plan[0], "pm_card_chargeDeclinedExpiredCard")
    driver.travel(driver.until_due(bought).charge_on)
    assert cards.stops() == [("card", True)]
    cards.renewed(cards.plan[0], "01/2040")
    assert cards.stops() == [("card", False)]
    assert driver.refill(bought).state == "needs_customer", "what was declined for good is never tried by itself"


def test_cards_of_plans_from_before_are_met(cards: Cards, driver: Driver) -> None:
    with host.unit() as session:
        session.execute(delete(SavedCard))
    driver.travel(driver.refill(cards.bought).notice_on - days(40))
    assert cards.read(select(SavedCard.last4).filter_by(gateway_id=cards.plan[0])) == ("4242",)
