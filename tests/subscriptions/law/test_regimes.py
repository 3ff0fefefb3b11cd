"""The table of regimes, when a reminder is asked for, and that the document says what the table says."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from kits.settings import set_defaults
from subscriptions.law import choosing, facts
from subscriptions.law.regimes import REGIMES, SUBJECTS, UK_2013, UK_DMCC, regime
from subscriptions.law.reminders import asked

DOCUMENT = (Path(__file__).parents[3] / "docs" / "subscription-law.md").read_text()
MADE = date(2027, 1, 4)


@pytest.mark.parametrize("code", REGIMES)
def test_the_document_names_every_regime_and_where_each_rule_is_from(code: str) -> None:
    law = REGIMES[code]
    assert f"| `{code}` |" in DOCUMENT
    assert tuple(law.sources) == SUBJECTS
    rows = [line.split("|") for line in DOCUMENT.splitlines() if line.count("|") == 6]
    column = next(row for row in rows if row[1].strip() == "subject").index(f" `{code}` ")
    for subject, source in law.sources.items():
        [row] = [row for row in rows if row[1].strip() == subject]
        assert row[column].strip() == source


def test_the_document_says_that_it_is_no_legal_advice() -> None:
    assert "**It is no legal advice**" in DOCUMENT


def test_a_contract_under_a_law_that_is_known_no_more_keeps_the_rights_of_2013() -> None:
    assert regime("of_another_time") is REGIMES[UK_2013]


def test_no_regime_gives_less_than_14_days_or_confirms_an_end_later_than_a_day_after() -> None:
    for law in REGIMES.values():
        assert law.cooling_off >= timedelta(days=14)
        assert law.end_confirmed <= timedelta(hours=24)


@pytest.mark.parametrize("code", REGIMES)
def test_the_key_information_says_what_the_law_adds(code: str) -> None:
    said = facts.key_facts(REGIMES[code], MADE, 45)
    assert said[-len(REGIMES[code].adds) or len(said) :] == list(REGIMES[code].adds)
    assert any("at least 45 days before it holds" in each for each in said)


@pytest.mark.parametrize(
    ("name", "value"),
    [("SHOP_SUBSCRIPTION_LAW", "us"), ("SHOP_SUBSCRIPTION_LAW", ""), ("SHOP_PRICE_NOTICE_DAYS", 29)],
)
def test_a_shop_does_not_start_with_settings_that_no_law_knows(name: str, value: object) -> None:
    app = Flask("shop")
    set_defaults(app)
    choosing.check(app.config)
    app.config[name] = value
    with pytest.raises(RuntimeError, match=name):
        choosing.check(app.config)


@pytest.mark.parametrize(
    ("charge", "after", "wanted"),
    [
        (date(2027, 3, 28), date(2027, 6, 27), False),  # another one comes within the six months
        (date(2027, 6, 27), date(2027, 9, 26), True),  # the last one of them
        (date(2027, 6, 27), None, True),
        (date(2027, 3, 28), None, True),  # the only one
        (date(2027, 3, 28), date(2027, 7, 4), False),  # the next one is on the last day of the six months
        (date(2027, 8, 1), date(2027, 11, 1), True),  # after a pause none fell into them
    ],
)
def test_the_last_charge_of_six_months_is_reminded_of(charge: date, after: date | None, wanted: bool) -> None:
    assert asked(6, MADE, charge, after) is wanted


@given(gaps=st.lists(st.integers(1, 400), min_size=1, max_size=12))
def test_between_two_reminders_there_is_never_a_whole_period_with_a_charge_and_without_one(gaps: list[int]) -> None:
    charges = [MADE]
    for gap in gaps:
        charges.append(charges[-1] + timedelta(days=gap))
    since, unreminded = MADE, 0
    for number, charge in enumerate(charges[1:], start=1):
        after = charges[number + 1] if number + 1 < len(charges) else None
        if asked(REGIMES[UK_DMCC].reminder_months or 0, since, charge, after):
            since, unreminded = charge, 0
        else:
            unreminded += 1
            assert (charge - since).days <= 184
    assert unreminded == 0, "the last charge of all is reminded of"
