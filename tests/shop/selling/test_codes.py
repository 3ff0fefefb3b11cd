"""Discount codes: when they hold, and that a use is taken once and given back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from kits import host
from kits.errors import BadInput
from shop.selling import codes
from shop.selling.totals import Discount
from tests.shop.selling.conftest import uses

Make = Callable[..., str]


def look_up(code: str, now: datetime) -> Discount:
    try:
        return codes.look_up(host.session(), code, now)
    finally:
        host.end_reads()


def test_a_code_is_known_however_it_is_typed() -> None:
    assert [codes.written(typed) for typed in (" spring10 ", "Spring10", None, "  ")] == ["SPRING10"] * 2 + [""] * 2


def test_a_code_takes_a_share_or_an_amount(code: Make, now: datetime) -> None:
    code("TEN", percent=10)
    code("FIVER", amount=500)
    assert look_up("TEN", now) == Discount("TEN", percent=10)
    assert look_up("FIVER", now) == Discount("FIVER", amount=500)


@pytest.mark.parametrize("typed", ["NOSUCH", "A\x00B", "X" * 5000, "TEN' OR 1=1 --"])
def test_what_is_no_code_is_refused(code: Make, now: datetime, typed: str) -> None:
    code("TEN", percent=10)
    with pytest.raises(BadInput, match="not known") as refused:
        look_up(typed, now)
    assert refused.value.field == "discount"


def test_a_code_holds_from_its_first_moment_until_its_last(code: Make, now: datetime) -> None:
    code("WEEK", percent=10, valid_from=now, valid_until=now + timedelta(days=7))
    assert look_up("WEEK", now).percent == 10
    for moment in (now - timedelta(seconds=1), now + timedelta(days=7)):
        with pytest.raises(BadInput):
            look_up("WEEK", moment)


def test_a_code_of_one_use_is_taken_once_and_may_be_given_back(code: Make, now: datetime) -> None:
    code("ONCE", percent=10, most_uses=1)
    with host.unit() as session:
        codes.take(session, "ONCE", now)
    with pytest.raises(BadInput, match="as often as it may"), host.unit() as session:
        codes.take(session, "ONCE", now)
    with pytest.raises(BadInput, match="as often as it may"):
        look_up("ONCE", now)
    with host.unit() as session:
        codes.give_back(session, "ONCE")
        codes.give_back(session, "ONCE")
        codes.give_back(session, None)
    assert uses("ONCE") == 0
    assert look_up("ONCE", now).percent == 10


def test_what_was_given_back_may_be_taken_again_when_its_time_is_over(code: Make, now: datetime) -> None:
    code("OVER", percent=10, most_uses=1, valid_until=now - timedelta(hours=1))
    with host.unit() as session:
        codes.take_again(session, "OVER")
        codes.take_again(session, None)
    assert uses("OVER") == 1
    with pytest.raises(BadInput), host.unit() as session:
        codes.take_again(session, "OVER")
