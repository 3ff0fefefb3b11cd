"""Numbers have no gaps: twenty who are paid at once get 1 to 20, and what rolls back burns none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from kits import host
from shop.papers.numbers import counter
from shop.registers import Settled, registers
from tests.shop.papers.conftest import give_back, issued, settle_one

Many = Callable[..., list[Any]]


def test_twenty_who_are_paid_at_once_get_one_to_twenty(place: Callable[..., str], at_once: Many, now: datetime) -> None:
    numbers = [place() for _ in range(20)]
    assert at_once([partial(settle_one, number, now) for number in numbers]) == [None] * 20
    found = issued()
    assert [each.number for each in found] == list(range(1, 21))
    assert {each.order for each in found} == set(numbers)


def test_a_settling_that_rolls_back_burns_no_number(
    place: Callable[..., str], at_once: Many, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = [place() for _ in range(6)], [place() for _ in range(6)]
    commits = []

    def issue_and_fail(current: Any, order: Any, payment: Any, *, now: datetime) -> None:
        made = issuing(current, order, payment, now=now)
        commits.append(made.number)
        if made.order.number in bad:
            raise RuntimeError("the database went away")

    from shop.payments import settle

    issuing = settle.first_invoice
    monkeypatch.setattr(settle, "first_invoice", issue_and_fail)
    answers = at_once([partial(settle_one, number, now) for pair in zip(bad, good, strict=True) for number in pair])
    assert [type(answer) for answer in answers] == [RuntimeError, type(None)] * 6
    assert len(commits) == 12
    assert [each.number for each in issued()] == [1, 2, 3, 4, 5, 6]
    monkeypatch.undo()
    for number in bad:
        settle_one(number, now)
    assert [each.number for each in issued()] == list(range(1, 13))


def test_a_step_that_fails_leaves_neither_payment_nor_number(place: Callable[..., str], now: datetime) -> None:
    def refuse(current: object, settled: Settled) -> None:
        raise RuntimeError("no")

    first, second = place(), place()
    registers().settle_steps.append(refuse)
    try:
        with pytest.raises(RuntimeError):
            settle_one(first, now)
    finally:
        registers().settle_steps.remove(refuse)
    settle_one(second, now)
    assert [(each.number, each.order) for each in issued()] == [(1, second)]


def test_invoices_and_credit_notes_are_counted_apart(pay: Callable[..., str]) -> None:
    numbers = [pay() for _ in range(3)]
    give_back(numbers[1], 100)
    give_back(numbers[0], 100)
    assert [each.code for each in issued()] == ["INV-000001", "INV-000002", "INV-000003"]
    assert [each.code for each in issued("credit_note")] == ["CN-000001", "CN-000002"]


def test_refunds_given_at_once_have_numbers_without_gaps(pay: Callable[..., str], at_once: Many) -> None:
    numbers = [pay() for _ in range(8)]
    answers = at_once([partial(give_back, number, 8900) for number in numbers])
    assert all(isinstance(answer, int) for answer in answers), answers
    assert [each.number for each in issued("credit_note")] == list(range(1, 9))


def test_the_counter_is_made_where_there_is_none_and_kept_where_there_is(app: Any) -> None:
    for wanted in (0, 1, 2):
        with host.unit() as session:
            found = counter(session, "invoice")
            assert found.last == wanted
            found.last += 1
