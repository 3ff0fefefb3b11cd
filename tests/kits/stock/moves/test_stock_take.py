"""Stock-take: what was counted is posted, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select

from kits import host
from kits.errors import BadInput, WrongState
from kits.stock.ledger import Cause
from kits.stock.moves.stock_take import Counted, take
from kits.stock.tables import Lot


@pytest.fixture
def lot(put: Callable[..., None]) -> int:
    """The id of a lot of 20."""
    put("A", 20, days=30)
    found = host.session().scalars(select(Lot.id)).one()
    host.end_reads()
    return found


def on_hand(lot_id: int) -> int:
    try:
        return host.session().get_one(Lot, lot_id).on_hand
    finally:
        host.end_reads()


@pytest.mark.parametrize(
    ("counts", "reason", "refused"),
    [
        ([(20, 19), (20, 19)], "Counted.", BadInput),
        ([(20, 19)], " ", BadInput),
        ([(20, -1)], "Counted.", BadInput),
        ([(21, 19)], "Counted.", WrongState),
    ],
    ids=["counted twice", "no reason", "below nothing", "moved meanwhile"],
)
def test_a_count_that_cannot_be_changes_nothing(
    lot: int, now: datetime, counts: list[tuple[int, int]], reason: str, refused: type[Exception]
) -> None:
    with pytest.raises(refused):
        take([Counted(lot, expected, units) for expected, units in counts], Cause("staff:1", now, reason))
    assert on_hand(lot) == 20


def test_a_difference_is_posted_once(lot: int, now: datetime) -> None:
    cause = Cause("staff:1", now, "One is broken.", key="form-1")
    assert take([Counted(lot, 20, 19)], cause) == 1
    assert take([Counted(lot, 20, 19)], cause) == 1
    assert on_hand(lot) == 19
