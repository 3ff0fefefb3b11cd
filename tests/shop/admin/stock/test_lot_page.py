"""A lot's page: what a person finds out about it is posted once, with a reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest

from kits.stock.ledger import Cause
from kits.stock.moves import corrections
from kits.stock.tables import StockMovement
from shop.admin.stock.ledger import movements
from tests.shop.admin.conftest import Staff, words
from tests.shop.admin.stock.conftest import Desk, balances, last
from tests.shop.storefront.conftest import count, hidden


def said_after(desk: Desk, lot: int, action: str, **typed: object) -> str:
    """What the page says after a correction."""
    answer = desk.correct(lot, action, **typed)
    assert answer.status_code == 303
    return words(desk.staff.get(answer.location))


def test_the_page_says_what_is_known_of_the_lot(desk: Desk, deliver: Callable[..., int]) -> None:
    said = words(desk.staff.get(f"/admin/stock/lots/{deliver('L-9', 7, days=90)}"))
    for fact in ("Lot L-9", "Serum, three months", "Supplier Acme", "On hand 7 Free 7 Set aside 0", "Received"):
        assert fact in said


@pytest.mark.parametrize(
    ("action", "typed", "told", "after"),
    [
        ("adjust", {"units": -3}, "3 units were taken off the books. Lot LOT-SERUM-3M has 17 on hand", (17, 0)),
        ("adjust", {"units": 1}, "1 unit was added to the books.", (21, 0)),
        ("write_off", {"units": 2}, "2 units were written off.", (18, 0)),
        ("quarantine", {"units": 5}, "5 units were put into quarantine.", (20, 5)),
        ("quarantine", {"all": 1}, "20 units were put into quarantine.", (20, 20)),
    ],
)
def test_a_correction_is_posted_and_told_calmly(
    desk: Desk, serum: int, action: str, typed: dict[str, object], told: str, after: tuple[int, int]
) -> None:
    assert told in said_after(desk, serum, action, reason=" seen on the shelf ", **typed)
    assert balances(serum) == after
    assert (last().reason, last().actor.split(":")[0]) == ("seen on the shelf", "staff")


def test_what_is_in_quarantine_is_released_or_written_off(desk: Desk, serum: int) -> None:
    desk.correct(serum, "quarantine", units=5, reason="a broken seal")
    assert "2 units were put back into use." in said_after(desk, serum, "release", units=2, reason="seal is fine")
    gone = said_after(desk, serum, "write_off", units=3, quarantined=1, reason="leaked")
    assert "3 units were written off, out of quarantine." in gone
    assert balances(serum) == (17, 0)


@pytest.mark.parametrize("action", ["adjust", "write_off", "quarantine"])
def test_a_double_click_does_it_once_and_says_the_same(desk: Desk, serum: int, action: str) -> None:
    mark = hidden(desk.staff.get(f"/admin/stock/lots/{serum}"), f"{action}-submission")
    first, again = (desk.correct(serum, action, units=2, reason="twice", submission=mark) for _ in range(2))
    assert first.location == again.location
    assert count(StockMovement) == 3


def test_two_clicks_at_the_same_moment_do_it_once(
    serum: int, now: datetime, at_once: Callable[..., list[object]]
) -> None:
    cause = Cause("staff:1", now, "twice", key="one form")
    assert len(set(at_once([lambda: corrections.adjust(serum, -1, cause)] * 6))) == 1
    assert balances(serum) == (19, 0)


def test_two_forms_do_it_twice(desk: Desk, serum: int) -> None:
    for _ in range(2):
        desk.correct(serum, "adjust", units=-1, reason="dropped")
    assert balances(serum) == (18, 0)


@pytest.mark.parametrize("action", ["adjust", "write_off", "quarantine", "release"])
@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("units", {"units": ""}),
        ("units", {"units": "0"}),
        ("units", {"units": "many"}),
        ("units", {"units": "1.5"}),
        ("units", {"units": "9" * 400}),
        ("units", {"units": "1000001"}),
        ("units", {"units": "a\x00"}),
        ("reason", {"reason": ""}),
        ("reason", {"reason": "   "}),
        ("reason", {"reason": "a\x00b"}),
        ("reason", {"reason": "x" * 501}),
    ],
)
def test_an_absurd_correction_posts_nothing_and_says_why_beside_its_field(
    desk: Desk, serum: int, action: str, field: str, typed: dict[str, object]
) -> None:
    desk.correct(serum, "quarantine", units=5, reason="first")
    refused = desk.correct(serum, action, **{"units": 1, "reason": "because", **typed})
    assert refused.status_code == 422
    assert f'id="{action}-{field}-error"' in refused.text
    assert '<details class="rf-action" open>' in refused.text
    assert balances(serum) == (20, 5)


@pytest.mark.parametrize("mark", ["", "x" * 65, "a\x00b"])
def test_a_form_without_its_mark_is_shown_again(desk: Desk, serum: int, mark: str) -> None:
    refused = desk.correct(serum, "adjust", units=1, reason="because", submission=mark)
    assert refused.status_code == 422
    assert balances(serum) == (20, 0)


@pytest.mark.parametrize(("action", "least"), [("adjust", -21), ("write_off", 21), ("quarantine", 21), ("release", 1)])
def test_more_than_there_is_changes_nothing_and_says_how_much_there_is(
    desk: Desk, serum: int, action: str, least: int
) -> None:
    refused = desk.correct(serum, action, units=least, reason="because")
    assert refused.status_code == 409
    assert f'id="{action}-units-error"' in refused.text
    assert 'value="because"' in refused.text, "what was typed stays"
    assert "has no more than" in words(refused)
    assert balances(serum) == (20, 0)


def test_nothing_free_cannot_be_quarantined(desk: Desk, serum: int) -> None:
    desk.correct(serum, "quarantine", all=1, reason="all of it")
    assert "has nothing free" in words(desk.correct(serum, "quarantine", all=1, reason="again"))


def test_the_lot_s_ledger_goes_on_from_page_to_page(desk: Desk, serum: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(movements, "A_PAGE", 2)
    for number in range(4):
        desk.correct(serum, "adjust", units=1, reason=f"reason {number}")
    seen: list[str] = []
    pages = 0
    path = f"/admin/stock/lots/{serum}"
    while path:
        page, pages = desk.staff.get(path), pages + 1
        seen += re.findall(r"reason \d|Received(?=</td>)", page.text)
        older = re.search(r"before=\d+", page.text)
        path = f"/admin/stock/lots/{serum}?{older.group()}" if older else ""
    assert pages == 3
    assert seen == ["reason 3", "reason 2", "reason 1", "reason 0", "Received"]


@pytest.mark.parametrize("number", ["0", "999999", "9" * 17, "9" * 40, "abc", "-1"])
def test_a_lot_or_movement_nobody_has_is_a_404(desk: Desk, number: str) -> None:
    assert desk.staff.get(f"/admin/stock/lots/{number}").status_code == 404
    answer = desk.staff.post(f"/admin/stock/lots/{number}/adjust", **{
        "adjust-units": 1, "adjust-reason": "because", "adjust-submission": "one"
    })  # fmt: skip
    assert answer.status_code == 404
    assert desk.staff.post(f"/admin/stock/movements/{number}/undo").status_code == 404


def test_another_action_is_a_404(desk: Desk, serum: int) -> None:
    assert desk.staff.post(f"/admin/stock/lots/{serum}/burn").status_code == 404


@pytest.mark.parametrize("query", ["done=abc", "done=999999", f"done={'9' * 30}", "before=%00", "before=-1"])
def test_an_absurd_query_is_left_alone(desk: Desk, serum: int, query: str) -> None:
    assert desk.staff.get(f"/admin/stock/lots/{serum}?{query}").status_code == 200


def test_what_was_done_to_another_lot_is_not_told_here(desk: Desk, serum: int, deliver: Callable[..., int]) -> None:
    other = deliver("L-2", 5, days=90)
    desk.correct(other, "adjust", units=1, reason="found")
    assert "added to the books" not in words(desk.staff.get(f"/admin/stock/lots/{serum}?done={last().id}"))


def test_without_a_token_nothing_is_done(staff: Staff, serum: int) -> None:
    sent = {"adjust-units": 1, "adjust-reason": "because", "adjust-submission": "one"}
    assert staff.client.post(f"/admin/stock/lots/{serum}/adjust", data=sent).status_code == 400
    assert balances(serum) == (20, 0)
