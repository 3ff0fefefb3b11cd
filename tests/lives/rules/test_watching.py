"""The watch sees what it is there for: money that the gateway took against the rules, whatever our rows say."""

from __future__ import annotations

import pytest
import requests

from kits import clock
from tests.journeys.conftest import driver  # noqa: F401
from tests.journeys.driving import Driver, days
from tests.lives.acting import Life
from tests.lives.cohort.figures import boxes
from tests.lives.packing import pack
from tests.lives.rules.watching import Watch

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


@pytest.fixture
def life(driver: Driver) -> Life:  # noqa: F811
    return Life(driver, driver.buy())


@pytest.fixture
def watch(driver: Driver, life: Life) -> Watch:  # noqa: F811
    return Watch(driver)


def take(life: Life, number: int, amount: int = 4900) -> None:
    """Take money for a refill, past all of our code."""
    card = life.cards.plan[0]
    customer = life.driver.sandbox.charges()[0]["customer"]
    about = {"metadata[root_order]": life.bought.number, "metadata[refill]": str(number)}
    form = {"amount": amount, "currency": "gbp", "customer": customer, "payment_method": card, "confirm": "true"}
    answer = requests.post(
        f"{life.driver.sandbox.url}/v1/payment_intents",
        data={**form, "off_session": "true", "payment_method_types[]": "card", **about},
        headers={"Authorization": f"Bearer {life.driver.sandbox.key}"},
        timeout=30,
    )
    assert answer.ok, answer.text


def found(watch: Watch, words: str) -> bool:
    """Whether the watch has seen that, among whatever else it says."""
    watch.look()
    return any(words in violation for violation in watch.violations)


def test_a_plan_that_nobody_disturbs_breaks_no_rule(watch: Watch, life: Life) -> None:
    life.driver.travel(life.driver.until_due(life.bought).charge_on)
    for look in (watch.look, watch.late, watch.forecast, watch.drift, watch.settle):
        look()
    assert (watch.violations, sum(watch.charged.values())) == ([], 1)


def test_what_was_not_announced_is_seen(watch: Watch, life: Life) -> None:
    take(life, 1)
    assert found(watch, "announced was []")


def test_more_than_was_announced_is_seen(watch: Watch, life: Life) -> None:
    life.driver.until_due(life.bought)
    take(life, 1, 4901)
    assert found(watch, "4901 was charged")


def test_a_charge_too_soon_after_its_notice_is_seen(watch: Watch, life: Life) -> None:
    life.driver.travel(life.driver.refill(life.bought).notice_on + days(6))
    take(life, 1)
    assert found(watch, "its last notice is younger than seven days")


def test_a_second_charge_is_seen(watch: Watch, life: Life) -> None:
    life.driver.travel(life.driver.until_due(life.bought).charge_on)
    take(life, 1)
    assert found(watch, "charged 2 times")


@pytest.mark.parametrize("rest", [lambda life: life.hold(), lambda life: life.pause(3)])
def test_a_charge_while_the_plan_rests_is_seen(rest: object, watch: Watch, life: Life) -> None:
    life.driver.until_due(life.bought)
    rest(life)  # type: ignore[operator]
    take(life, 1)
    assert found(watch, "charged while its plan rests")


def test_a_charge_after_the_end_is_seen(watch: Watch, life: Life) -> None:
    life.driver.until_due(life.bought)
    life.end()
    take(life, 1)
    assert found(watch, "charged after its plan had ended")


def test_boxes_are_counted_within_the_run_on_both_sides(life: Life) -> None:
    begins = clock.today(clock.now())
    life.driver.travel(life.driver.until_due(life.bought).charge_on)
    pack()
    shipped = (clock.today(clock.now()) - begins).days
    early, later = boxes(begins, shipped), boxes(begins, shipped + 10)
    assert (early.ours.total(), early.fixed.total(), later.fixed.total()) == (2, 1, 2)
    assert later.forgotten.total() == 0


def test_a_charge_after_the_last_session_is_seen(watch: Watch, life: Life) -> None:
    due = life.driver.until_due(life.bought)
    life.driver.travel(due.charge_on + days(300), work=False)
    take(life, 1)
    assert found(watch, "after the last session")
