"""Who does not choose about a paid box is asked again, and not for ever."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kits import clock
from tests.journeys.driving import Driver, days
from tests.subscriptions.unsent.test_choosing import ASKS, Subjects, hold, order_id, plan_id, refund, send  # noqa: F401


def test_who_does_not_choose_is_asked_again_twice_a_week_apart_and_then_left_in_peace(
    plan_id: int,  # noqa: F811
    order_id: int,  # noqa: F811
    driver: Driver,
    subjects: Subjects,
) -> None:
    hold(plan_id)
    counts = []
    for _ in range(5):
        driver.work()
        counts.append(subjects().count(ASKS))
        driver.travel(clock.now() + days(7))
    assert counts == [1, 2, 3, 3, 3]


@pytest.mark.parametrize("choose", [send, refund])
def test_who_has_chosen_is_not_asked_again(
    choose: Callable[[int], None],
    plan_id: int,  # noqa: F811
    order_id: int,  # noqa: F811
    driver: Driver,
    subjects: Subjects,
) -> None:
    hold(plan_id)
    choose(plan_id)
    driver.travel(clock.now() + days(8))
    assert subjects().count(ASKS) == 1
