"""What invoices and credit notes say, as sums."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shop.papers.said import form, vat_to_credit
from shop.selling.vat import vat_in


@given(st.integers(1, 10**7), st.sampled_from([None, 50, 175, 200, 1000]), st.data())
def test_credits_never_exceed_the_invoice_and_end_at_its_vat(gross: int, rate: int | None, data: st.DataObject) -> None:
    vat = vat_in(gross, rate)
    before: list[tuple[int, int]] = []
    left = gross
    while left and len(before) < 12:
        amount = left if len(before) == 11 else data.draw(st.integers(1, left))
        share = vat_to_credit(gross, vat, before, amount)
        assert 0 <= share <= amount
        before.append((amount, share))
        assert sum(each for _, each in before) <= vat
        left -= amount
    assert sum(share for _, share in before) == vat


@given(st.integers(1, 10**7))
def test_a_refund_of_all_at_once_credits_all_the_vat(gross: int) -> None:
    assert vat_to_credit(gross, vat_in(gross, 200), [], gross) == vat_in(gross, 200)


def test_the_form_is_that_of_the_notice() -> None:
    assert [form(200, amount, "GBP") for amount in (1, 25000, 25001)] == ["simplified", "simplified", "full"]
    assert form(200, 100, "EUR") == "full", "the limit is one in pounds"
    assert form(None, 99999, "GBP") == "plain"
