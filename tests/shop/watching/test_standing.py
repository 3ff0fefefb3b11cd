"""An alarm is raised once it has lasted, told again once a day, and over once that has lasted."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from shop.watching.standing import AGAIN, Standing, after

PATIENCE = 300.0


def told(looks: Sequence[tuple[float, bool]], patience: float = PATIENCE) -> list[tuple[float, str]]:
    """What is told by looks at these moments, that find it wrong or well."""
    stands, found = Standing(), list[tuple[float, str]]()
    for at, wrong in looks:
        stands, word = after(stands, wrong, at, patience)
        if word:
            found.append((at, word))
    return found


def each_minute(until: float, wrong: bool, since: float = 0.0) -> list[tuple[float, bool]]:
    return [(since + 60.0 * n, wrong) for n in range(int((until - since) // 60))]


def test_what_lasts_is_told_once_and_then_once_a_day() -> None:
    days = each_minute(2.5 * AGAIN, True)
    assert told(days) == [(300.0, "raised"), (300.0 + AGAIN, "still"), (300.0 + 2 * AGAIN, "still")]


def test_it_is_over_once_it_was_well_as_long() -> None:
    looks = [*each_minute(600, True), *each_minute(1200, False, since=600)]
    assert told(looks) == [(300.0, "raised"), (900.0, "over")]


@pytest.mark.parametrize("pattern", [[True, False], [True, True, False], [True, False, False]])
def test_what_comes_and_goes_is_told_of_at_most_once(pattern: list[bool]) -> None:
    looks = [(60.0 * n, pattern[n % len(pattern)]) for n in range(600)]
    assert told(looks) == []
    assert told([*each_minute(600, True), *((600 + at, wrong) for at, wrong in looks)]) == [(300.0, "raised")]


def test_without_patience_it_is_told_at_the_first_look() -> None:
    assert told([(0.0, True), (1.0, True), (2.0, False)], patience=0) == [(0.0, "raised"), (2.0, "over")]


def test_a_worker_that_slept_for_a_week_tells_once_more_not_seven_times() -> None:
    looks = [(0.0, True), (300.0, True), (7 * AGAIN, True), (7 * AGAIN + 60, True)]
    assert told(looks) == [(300.0, "raised"), (7 * AGAIN, "still")]
