"""A decline's reason in plain words; what must not be told to whoever pays reads like any decline."""

from __future__ import annotations

import pytest

from subscriptions.why.decline_words import BY_CODE, NO_REASON, in_words


@pytest.mark.parametrize("code", ["lost_card", "stolen_card", "fraudulent", "pickup_card", "merchant_blacklist"])
def test_what_a_bank_suspects_is_not_told(code: str) -> None:
    assert in_words(code) == NO_REASON


@pytest.mark.parametrize("code", [None, "", "a_code_of_next_year", "generic_decline", "do_not_honor"])
def test_a_code_without_words_names_no_reason(code: str | None) -> None:
    assert in_words(code) == NO_REASON


def test_every_reason_is_one_sentence_without_a_code_in_it() -> None:
    for words in BY_CODE.values():
        assert words.endswith(".")
        assert "_" not in words
