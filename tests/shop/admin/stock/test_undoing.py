"""Undoing what was found out about a lot: the opposite is posted, once a movement."""

from __future__ import annotations

import pytest

from tests.shop.admin.conftest import words
from tests.shop.admin.stock.conftest import Desk, balances, last


@pytest.mark.parametrize(("action", "units", "before"), [("adjust", -3, (20, 0)), ("quarantine", 4, (20, 0))])
def test_undo_posts_the_opposite_once(desk: Desk, serum: int, action: str, units: int, before: tuple[int, int]) -> None:
    done = desk.correct(serum, action, units=units, reason="oops").location
    movement = last().id
    path = f"/admin/stock/movements/{movement}/undo"
    assert path in desk.staff.get(done).text
    answers = [desk.staff.post(path, page=done) for _ in range(2)]
    assert answers[0].location == answers[1].location
    assert balances(serum) == before
    assert (last().kind, last().reason) == (action, f"undo of movement {movement}")
    assert path not in desk.staff.get(done).text, "what was undone is not offered again"


def test_a_release_is_undone_into_quarantine_again(desk: Desk, serum: int) -> None:
    desk.correct(serum, "quarantine", units=4, reason="first")
    desk.correct(serum, "release", units=3, reason="oops")
    desk.staff.post(f"/admin/stock/movements/{last().id}/undo")
    assert balances(serum) == (20, 4)


def test_what_cannot_be_undone_says_so(desk: Desk, serum: int) -> None:
    desk.correct(serum, "write_off", units=1, reason="broken")
    refused = desk.staff.post(f"/admin/stock/movements/{last().id}/undo")
    assert refused.status_code == 409
    assert "Only a correction or a quarantine can be undone" in words(refused)


def test_an_undo_that_comes_too_late_says_what_is_left(desk: Desk, serum: int) -> None:
    desk.correct(serum, "adjust", units=5, reason="found")
    found = last().id
    desk.correct(serum, "write_off", units=22, reason="gone")
    refused = desk.staff.post(f"/admin/stock/movements/{found}/undo")
    assert refused.status_code == 409
    assert "has no more than 3 free" in words(refused)
    assert balances(serum) == (3, 0)
