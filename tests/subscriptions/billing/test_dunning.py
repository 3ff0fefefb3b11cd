"""What follows a decline, as a table."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscriptions.billing.codes import KINDS
from subscriptions.billing.dunning import (
    MOST_TRIES,
    WINDOW,
    Again,
    AskCustomer,
    Backup,
    Decline,
    Next,
    after,
    free_on,
    may_try,
)
from subscriptions.billing.retry_days import read

FIRST = datetime(2027, 3, 27, 9, tzinfo=UTC)
DAYS = (1, 3, 5, 7)
OF = {kind: sorted(code for code, known in KINDS.items() if known == kind) for kind in ("hard", "person", "stopped")}


def declined(code: str = "generic_decline", day: float = 0, **said: Any) -> Decline:
    return Decline(FIRST + timedelta(days=day), code, **said)


def then(*declines: Decline, days: tuple[int, ...] = DAYS, has_backup: bool = False) -> Next:
    return after(declines, days, datetime.date, has_backup=has_backup)


def on(day: int) -> date:
    return FIRST.date() + timedelta(days=day)


def story(decline: Decline, days: tuple[int, ...], *, has_backup: bool = False) -> list[Decline]:
    """All tries until nothing follows, each declined the same way as soon as it is made."""
    seen = [decline]
    while not isinstance(step := after(seen, days, datetime.date, has_backup=has_backup), AskCustomer):
        moment = seen[-1].at
        if isinstance(step, Again):
            moment = max(datetime.combine(step.on, moment.timetz()), step.not_before or moment)
        backup = isinstance(step, Backup)
        seen.append(
            Decline(moment, decline.code, decline.advice, decline.network_advice, decline.network, None, backup)
        )
        assert len(seen) < 40
    return seen


def test_a_plain_decline_is_tried_again_on_days_1_3_5_and_7_and_then_no_more() -> None:
    assert [each.at.date() for each in story(declined(), DAYS)] == [on(day) for day in (0, *DAYS)]


def test_a_try_that_was_held_up_is_not_followed_by_another_on_the_same_day() -> None:
    assert then(declined(), declined(day=6)) == Again(on(8))


def test_tries_under_orders_that_were_closed_count_among_the_eight_and_are_no_days_of_the_schedule() -> None:
    earlier = [declined(day=day - 20) for day in range(6)]
    assert after([declined()], DAYS, datetime.date, has_backup=False, earlier=earlier) == Again(on(1))
    one_more = [*earlier, declined(day=-10)]
    asks = AskCustomer(card_is_dead=False)
    assert after([declined()], DAYS, datetime.date, has_backup=False, earlier=one_more) == asks
    assert after([declined()], DAYS, datetime.date, has_backup=True, earlier=one_more) == asks


def test_the_day_on_which_the_thirty_days_hold_fewer_than_eight_tries_again() -> None:
    seven, eight = ([declined(day=day) for day in range(count)] for count in (7, 8))
    assert free_on(seven, FIRST + timedelta(days=8), datetime.date) is None
    assert free_on(eight, FIRST + timedelta(days=8), datetime.date) == on(31)
    assert free_on(eight, FIRST + timedelta(days=31), datetime.date) is None


@pytest.mark.parametrize("code", [*OF["hard"], *OF["stopped"]])
def test_a_hard_decline_is_never_tried_again_and_its_card_is_dead(code: str) -> None:
    assert then(declined(code)) == AskCustomer(card_is_dead=True)
    assert then(declined(), declined(code, 1)) == AskCustomer(card_is_dead=True)


@pytest.mark.parametrize("code", OF["person"])
def test_a_bank_that_wants_its_customer_is_not_asked_again_without_them(code: str) -> None:
    assert then(declined(code), has_backup=True) == AskCustomer(card_is_dead=False)


@pytest.mark.parametrize("code", ["lost_card", "stolen_card", "expired_card", "do_not_try_again", "pickup_card"])
def test_cards_that_are_gone_are_hard(code: str) -> None:
    assert code in OF["hard"]


@pytest.mark.parametrize(
    "said",
    [
        {"advice": "do_not_try_again"}, {"advice": "confirm_card_data"},
        {"network_advice": "01"}, {"network_advice": "03"}, {"network_advice": "21"}, {"network_advice": "41"},
        {"network": "R0"}, {"network": "R1"}, {"network": "R3"},
        {"network": "57", "brand": "visa"}, {"network": "14", "brand": "visa"},
    ],
)  # fmt: skip
def test_a_network_that_says_never_again_is_believed(said: dict[str, str]) -> None:
    assert then(declined(**said)) == AskCustomer(card_is_dead=True)


@pytest.mark.parametrize(
    "said", [{"advice": "try_again_later"}, {"network_advice": "02"}, {"network": "57", "brand": "mastercard"},
             {"network": "05", "brand": "visa"}, {"advice": "something_new", "network_advice": "99"}]
)  # fmt: skip
def test_what_says_only_that_it_failed_is_tried_again(said: dict[str, str]) -> None:
    assert then(declined(**said)) == Again(on(1))


@pytest.mark.parametrize(
    ("advice", "hours", "day"),
    [("24", 1, 1), ("25", 24, 1), ("26", 48, 2), ("27", 96, 4), ("28", 144, 6), ("29", 192, 8), ("30", 240, 10)],
)
def test_a_network_that_asks_to_wait_is_waited_for(advice: str, hours: int, day: int) -> None:
    assert then(declined(network_advice=advice)) == Again(on(day), FIRST + timedelta(hours=hours))


def test_a_wait_may_end_late_on_the_day_of_the_next_try() -> None:
    late = Decline(FIRST.replace(hour=23), "generic_decline", network_advice="24")
    assert then(late) == Again(on(1), FIRST.replace(hour=23) + timedelta(hours=1))


@pytest.mark.parametrize("code", ["insufficient_funds", "lost_card", "expired_card", "unheard_of"])
def test_a_backup_card_is_tried_once_and_then_it_goes_on_as_without(code: str) -> None:
    assert then(declined(code), has_backup=True) == Backup()
    both = (declined(code), declined(code, backup=True))
    assert then(*both, has_backup=True) == then(declined(code))


@pytest.mark.parametrize("code", ["processing_error", "issuer_not_available", "fraudulent", "stop_payment_order"])
def test_a_backup_card_is_left_alone_where_another_card_cannot_help_or_must_not(code: str) -> None:
    assert not isinstance(then(declined(code), has_backup=True), Backup)


def test_a_backup_card_that_must_never_be_tried_again_does_not_stop_the_first_one() -> None:
    assert then(declined(), declined("stolen_card", backup=True), has_backup=True) == Again(on(1))


@given(
    days=st.lists(st.integers(1, 200), min_size=1, max_size=60, unique=True).map(lambda found: tuple(sorted(found))),
    code=st.sampled_from(["generic_decline", "insufficient_funds", "processing_error"]),
    advice=st.sampled_from([None, "24", "26", "30"]),
    has_backup=st.booleans(),
)
def test_no_thirty_days_hold_more_than_eight_tries_whatever_the_setting_says(
    days: tuple[int, ...], code: str, advice: str | None, has_backup: bool
) -> None:
    seen = story(declined(code, network_advice=advice), days, has_backup=has_backup)
    for each in seen:
        assert sum(each.at - WINDOW < other.at <= each.at for other in seen) <= MOST_TRIES
    assert sum(each.backup for each in seen) <= 1


def test_a_ninth_try_is_refused_until_the_first_is_thirty_days_old() -> None:
    eight = [declined(day=day) for day in range(8)]
    assert not may_try(eight, FIRST + timedelta(days=29))
    assert may_try(eight, FIRST + timedelta(days=30))


@pytest.mark.parametrize(
    ("written", "days"), [("1,3,5,7", [1, 3, 5, 7]), (" 2 , 30 ", [2, 30]), ("", []), ((1, 2), [1, 2]), ("5", [5])]
)
def test_the_days_are_a_setting(written: object, days: list[int]) -> None:
    assert read(written) == days


@pytest.mark.parametrize(
    "written", ["3,1", "1,1", "0,2", "-1", "a", "1.5", "1;2", None, 5, "1,2,3,4,5,6,7,8", "1,31", "9999", "²"]
)
def test_days_that_cannot_be_are_refused_in_words(written: object) -> None:
    with pytest.raises(ValueError, match="SHOP_RETRY_DAYS"):
        read(written)
