"""What follows a decline, as a table."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscriptions.billing.dunning import NEVER_AGAIN, retry_on

FIRST = date(2027, 3, 27)


def test_a_plain_decline_is_tried_again_on_days_1_3_5_and_7_and_then_no_more() -> None:
    declined, tries = FIRST, []
    for number in range(1, 6):
        again = retry_on("generic_decline", number, declined)
        tries.append(None if again is None else (again - FIRST).days)
        declined = again or declined
    assert tries == [1, 3, 5, 7, None]


@given(code=st.sampled_from(sorted(NEVER_AGAIN)), tries=st.integers(1, 9))
def test_a_hard_decline_is_never_tried_again(code: str, tries: int) -> None:
    assert retry_on(code, tries, FIRST) is None


@given(tries=st.integers(1, 4), held_up=st.integers(0, 60))
def test_a_try_that_was_held_up_is_not_followed_by_another_on_the_same_day(tries: int, held_up: int) -> None:
    declined = FIRST + timedelta(days=held_up)
    again = retry_on("insufficient_funds", tries, declined)
    assert again is not None
    assert again > declined


@pytest.mark.parametrize("code", ["lost_card", "stolen_card", "expired_card", "authentication_required"])
def test_cards_that_are_gone_or_ask_for_their_owner_are_hard(code: str) -> None:
    assert code in NEVER_AGAIN
