"""Requests that are counted several at once: fewer statements, and never one more let in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from kits import host
from shop.doors import prepaid
from shop.doors.limit_storage import DatabaseStorage
from shop.doors.prepaid import PrepaidStorage
from tests.bench.statements import counted
from tests.shop.doors.test_limit_storage import let_all_end


def another_process() -> PrepaidStorage:
    """What it knows is not what the ones before know."""
    host.current_app.extensions.pop(prepaid._KEY, None)  # type: ignore[attr-defined]
    return PrepaidStorage(60)


def test_three_requests_of_sixty_are_counted_by_one_statement(app: Flask) -> None:
    storage = PrepaidStorage(60)
    storage.incr("a", 60)
    with counted(host.engine()) as statements:
        assert [storage.incr("a", 60) for _ in range(2)] == [2, 3]
    assert statements == []
    assert storage.incr("a", 60) == 4


def test_a_small_budget_is_counted_one_by_one(app: Flask) -> None:
    storage = PrepaidStorage(10)
    storage.incr("a", 60)
    assert DatabaseStorage().get("a") == 1


def test_two_processes_hand_out_no_number_twice(app: Flask) -> None:
    first = [PrepaidStorage(60).incr("a", 60) for _ in range(2)]
    second = another_process()
    assert first == [1, 2]
    assert [second.incr("a", 60) for _ in range(4)] == [4, 5, 6, 7]


def test_a_process_that_was_forked_hands_out_nothing_of_its_parents(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = PrepaidStorage(60)
    assert parent.incr("a", 60) == 1
    with monkeypatch.context() as child:
        child.setattr(prepaid.os, "getpid", lambda: 1)
        assert PrepaidStorage(60).incr("a", 60) == 4
    assert PrepaidStorage(60).incr("a", 60) not in (1, 4)


def test_many_at_once_are_given_each_number_once(at_once: Callable[..., list[Any]]) -> None:
    counts = at_once([lambda: PrepaidStorage(60).incr("a", 60)] * 12)
    assert sorted(counts) == sorted(set(counts))


def test_what_was_left_of_a_window_is_not_used_in_the_next(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert PrepaidStorage(60).incr("a", 60) == 1
    let_all_end()
    later = prepaid.time.monotonic() + 61
    monkeypatch.setattr(prepaid.time, "monotonic", lambda: later)
    assert PrepaidStorage(60).incr("a", 60) == 1


def test_a_number_ends_with_the_window_it_is_of_however_late_it_was_taken(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    DatabaseStorage().incr("a", 5)
    assert PrepaidStorage(60).incr("a", 60) == 2
    let_all_end()
    later = prepaid.time.monotonic() + 6
    monkeypatch.setattr(prepaid.time, "monotonic", lambda: later)
    assert PrepaidStorage(60).incr("a", 60) == 1


def test_it_remembers_a_bounded_number_of_addresses(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepaid, "KEYS", 2)
    for who in "abc":
        PrepaidStorage(60).incr(who, 60)
    assert list(prepaid._book().known) == ["b", "c"]
