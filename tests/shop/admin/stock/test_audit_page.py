"""The audit's page: the proof that balances are what the ledger adds up to, and where they are not."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import text

from kits import host
from tests.shop.admin.conftest import Staff, words
from tests.shop.admin.stock.conftest import Desk, balances

PAGE = "/admin/stock/audit"


def falsify(lot: int) -> None:
    """Change a balance behind the ledger's back."""
    with host.unit() as session:
        session.execute(text("UPDATE kits_lot SET on_hand = on_hand - 3 WHERE id = :lot"), {"lot": lot})


def test_where_all_agree_it_says_how_much_was_compared(desk: Desk, serum: int) -> None:
    desk.correct(serum, "quarantine", units=5, reason="a broken seal")
    assert "All 2 lots agree with 3 movements, checked " in words(desk.staff.get(PAGE))


def test_a_balance_that_was_falsified_is_named_with_the_difference(desk: Desk, serum: int) -> None:
    falsify(serum)
    said = words(desk.staff.get(PAGE))
    assert "One balance does not agree with the ledger" in said
    assert "LOT-SERUM-3M SERUM-3M on hand 17 20 −3" in said


def test_nothing_on_the_page_overwrites_a_balance(desk: Desk, serum: int) -> None:
    falsify(serum)
    page = desk.staff.get(PAGE)
    assert page.text.count("<form") == 1, "only the one that signs out"
    assert desk.staff.client.post(PAGE).status_code in (400, 405)
    assert balances(serum) == (17, 0)


def test_an_empty_shop_agrees(staff: Staff, kit: str) -> None:
    assert "All 0 lots agree with 0 movements" in words(staff.get(PAGE))


def test_it_takes_as_many_statements_however_many_lots_there_are(desk: Desk, deliver: Callable[..., int]) -> None:
    few = desk.statements(PAGE)
    for number in range(5):
        deliver(f"L-{number}", 5, days=90)
    assert desk.statements(PAGE) == few
