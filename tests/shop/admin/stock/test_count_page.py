"""Stock-take: the shelf is counted without a look at the books, and what differs is posted once, with a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select

from kits import host
from kits.audit import AuditEntry
from kits.stock.proof import disagreements
from kits.stock.recall.tables import Recall
from kits.stock.tables import StockMovement
from shop.admin.stock import lists
from tests.shop.admin.conftest import words
from tests.shop.admin.stock.conftest import Desk, balances, lot_id
from tests.shop.storefront.conftest import count, hidden

PAGE = "/admin/stock/count"


@pytest.fixture
def roller(stocked: str) -> int:
    """The id of the lot of 20 rollers."""
    return lot_id("LOT-ROLLER-025")


def takes() -> list[tuple[str, int, str]]:
    """The reason, difference and note of all that was posted."""
    kinds = select(StockMovement).where(StockMovement.kind == "stock_take").order_by(StockMovement.id)
    found = [(row.reason, row.quantity, row.note) for row in host.session().scalars(kinds)]
    host.end_reads()
    return found


def test_the_books_stay_hidden_until_one_asks(desk: Desk) -> None:
    assert "The books say" not in words(desk.staff.get(PAGE))
    assert words(desk.staff.get(f"{PAGE}?show=1")).count("The books say 20.") == 2


def test_one_item_is_chosen_or_all(desk: Desk, serum: int, roller: int) -> None:
    both, one = desk.staff.get(PAGE).text, desk.staff.get(f"{PAGE}?item=SERUM-3M").text
    assert f'name="lot-{roller}"' in both
    assert f'name="lot-{serum}"' in both
    assert f'name="lot-{roller}"' not in one
    assert f'name="lot-{serum}"' in one


def test_differences_are_posted_and_told_what_agrees_is_not(desk: Desk, serum: int, roller: int) -> None:
    answer = desk.count({f"lot-{serum}": "17", f"lot-{roller}": "20", "reason": "three leaked"})
    assert answer.status_code == 303
    said = words(desk.staff.get(answer.location))
    assert "One lot differed, of 2 counted" in said
    assert "The books said 20, 17 were counted. −3 17" in said
    assert "Reason: three leaked" in said
    assert "LOT-ROLLER" not in said
    assert takes() == [("three leaked", -3, "The books said 20, 17 were counted.")]
    assert disagreements(host.session()) == []


def test_several_differences_are_one_stock_take(desk: Desk, serum: int, roller: int) -> None:
    answer = desk.count({f"lot-{serum}": "0", f"lot-{roller}": "21", "reason": "flood"})
    said = words(desk.staff.get(answer.location))
    assert "2 lots differed, of 2 counted" in said
    assert [each[1] for each in takes()] == [-20, 1]


def test_where_nothing_differs_nothing_is_posted_and_that_it_was_counted_is_audited(desk: Desk, serum: int) -> None:
    said = words(desk.staff.get(desk.count({f"lot-{serum}": "20"}).location))
    assert "The lot that was counted agrees with the books." in said
    assert takes() == []
    kept = host.session().scalars(select(AuditEntry).where(AuditEntry.action == "stock.taken")).one()
    assert kept.detail == {"lots": {str(serum): 20}, "differed": 0}


def test_a_double_click_posts_once_and_says_the_same(desk: Desk, serum: int) -> None:
    mark = hidden(desk.staff.get(PAGE), "submission")
    typed = {f"lot-{serum}": "19", f"expected-{serum}": "20", "reason": "one broke", "submission": mark}
    first, again = (desk.staff.post(PAGE, **typed) for _ in range(2))
    assert first.location == again.location
    assert balances(serum) == (19, 0)


def test_a_lot_left_empty_is_left_alone(desk: Desk, serum: int, roller: int) -> None:
    desk.count({f"lot-{serum}": "", f"lot-{roller}": "18", "reason": "two lost"})
    assert (balances(serum), balances(roller)) == ((20, 0), (18, 0))


def test_a_difference_needs_a_reason_and_what_was_typed_stays(desk: Desk, serum: int) -> None:
    refused = desk.count({f"lot-{serum}": "17", "reason": " "})
    assert refused.status_code == 422
    assert 'id="reason-error"' in refused.text
    assert 'value="17"' in refused.text
    assert takes() == []


@pytest.mark.parametrize("typed", ["-1", "abc", "1.5", "1000001", "9" * 400, "a\x00"])
def test_an_absurd_count_is_told_beside_its_lot_and_the_others_are_kept(
    desk: Desk, serum: int, roller: int, typed: str
) -> None:
    refused = desk.count({f"lot-{serum}": typed, f"lot-{roller}": "11", "reason": "because"})
    assert refused.status_code == 422
    assert f'id="lot-{serum}-error"' in refused.text
    assert f'id="lot-{roller}-error"' not in refused.text
    assert 'value="11"' in refused.text
    assert takes() == []


def test_fewer_than_are_in_quarantine_cannot_be_counted_on_any_lot(desk: Desk, serum: int, roller: int) -> None:
    for lot in (serum, roller):
        desk.correct(lot, "quarantine", units=5, reason="a broken seal")
    refused = desk.count({f"lot-{serum}": "4", f"lot-{roller}": "3", "reason": "because"})
    assert refused.status_code == 422
    assert words(refused).count("5 of these are set aside or in quarantine") == 4, "beside each lot and in the summary"


def test_a_lot_that_moved_meanwhile_is_counted_again_and_the_rest_is_kept(desk: Desk, serum: int, roller: int) -> None:
    shown = desk.staff.get(PAGE)
    typed = {f"lot-{serum}": "17", f"lot-{roller}": "19", "reason": "three leaked"}
    typed |= {f"expected-{lot}": "20" for lot in (serum, roller)} | {"submission": hidden(shown, "submission")}
    desk.correct(serum, "write_off", units=2, reason="sold at the door")
    refused = desk.staff.post(PAGE, **typed)
    assert refused.status_code == 409
    assert f'id="lot-{serum}-error"' in refused.text
    assert "the books say 18 now. Count it again." in words(refused)
    assert hidden(refused, f"expected-{serum}") == "18"
    assert hidden(refused, f"lot-{serum}") == "", "what was counted before it moved is not posted by mistake"
    assert hidden(refused, f"lot-{roller}") == "19"
    assert takes() == []
    again = {**typed, f"expected-{serum}": "18", f"lot-{serum}": "17"}
    assert desk.staff.post(PAGE, **again).status_code == 303
    assert (balances(serum), balances(roller)) == ((17, 0), (19, 0))


def test_a_lot_that_is_recalled_gains_nothing_and_what_was_typed_is_kept(desk: Desk, serum: int, now: datetime) -> None:
    with host.unit() as session:
        session.add(Recall(lot_id=serum, reason="leaks", message="", actor="staff:1", begun_at=now))
    refused = desk.count({f"lot-{serum}": "21", "reason": "found one"})
    assert refused.status_code == 409
    assert "is being recalled" in words(refused)
    assert hidden(refused, f"lot-{serum}") == "21"
    assert takes() == []


def test_nothing_counted_asks_for_one_lot(desk: Desk) -> None:
    refused = desk.count({"reason": "because"})
    assert refused.status_code == 422
    assert "Count one lot at least" in words(refused)


@pytest.mark.parametrize("mark", ["", "x" * 65, "a\x00b"])
def test_a_form_without_its_mark_is_shown_again(desk: Desk, serum: int, mark: str) -> None:
    assert desk.count({f"lot-{serum}": "17", "reason": "because", "submission": mark}).status_code == 422
    assert takes() == []


def test_a_lot_without_what_the_books_said_is_not_posted(desk: Desk, serum: int) -> None:
    assert desk.count({f"lot-{serum}": "17", f"expected-{serum}": "", "reason": "because"}).status_code == 422
    assert takes() == []


def test_a_lot_named_in_two_ways_is_counted_once(desk: Desk, serum: int) -> None:
    desk.count({f"lot-{serum}": "17", f"lot-0{serum}": "17", "reason": "because"})
    assert balances(serum) == (17, 0)


def test_a_lot_nobody_has_is_a_404(desk: Desk, serum: int) -> None:
    typed = {"lot-999999": "5", "expected-999999": "4", "reason": "because", "submission": "one"}
    assert desk.staff.post(PAGE, **typed).status_code == 404


def test_an_item_nobody_has_is_told_beside_the_choice(desk: Desk) -> None:
    for sku in ("NONE", "a%00b"):
        assert 'id="item-error"' in desk.staff.get(f"{PAGE}?item={sku}").text


def test_more_lots_than_fit_say_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "MOST_COUNTED", 1)
    assert "These are the first 1 lots" in words(desk.staff.get(PAGE))


def test_an_empty_shelf_has_nothing_to_count(desk: Desk, serum: int, roller: int) -> None:
    desk.count({f"lot-{serum}": "0", f"lot-{roller}": "0", "reason": "flood"})
    assert "There is nothing to count" in words(desk.staff.get(PAGE))


@pytest.mark.parametrize("query", ["", "submission=none", "submission=a%00b", f"submission={'x' * 3000}", "lots=abc"])
def test_a_count_nobody_made_has_posted_nothing(desk: Desk, query: str) -> None:
    answer = desk.staff.get(f"/admin/stock/counted?{query}")
    assert answer.status_code == 200
    assert "No difference was posted." in words(answer)


def test_the_form_takes_as_many_statements_however_many_lots_there_are(desk: Desk, deliver: Callable[..., int]) -> None:
    few = desk.statements(PAGE)
    for number in range(5):
        deliver(f"L-{number}", 5, days=90 + number)
    assert desk.statements(PAGE) == few
    assert count(StockMovement) == 7
