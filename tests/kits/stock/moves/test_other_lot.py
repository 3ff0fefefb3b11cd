"""Taking another lot than the one set aside: with a reason, and only where it harms no other order."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import pytest
from sqlalchemy import select

from kits import clock, host
from kits.errors import NotFound, WrongState
from kits.stock.ledger import Cause
from kits.stock.moves import corrections, packing
from kits.stock.moves.other_lot import take_instead
from kits.stock.tables import StockMovement
from tests.kits.stock.moves.looking import AtOnce, Do, Promise, Put, lot_id, lots


def test_another_lot_takes_the_place_of_the_one_that_is_not_found_with_its_reason_in_the_ledger(
    items: tuple[int, int], put: Put, promise: Promise, do: Do
) -> None:
    put("A", 2, days=30, lot="early")
    put("A", 2, days=60, lot="late")
    promise("R-1", (items[0], 2, 20))
    do(packing.allocate, "R-1")
    do(take_instead, "R-1", lot_id("late"), lot_id("early"), reason="early was not found")
    assert lots() == {"early": (2, 1), "late": (2, 1)}
    reasons = select(StockMovement.allocated).where(StockMovement.reason == "early was not found")
    assert host.session().scalars(reasons.order_by(StockMovement.id)).all() == [-1, 1]


def test_one_form_sent_twice_exchanges_one_unit(
    items: tuple[int, int], put: Put, promise: Promise, do: Do, at_once: AtOnce
) -> None:
    put("A", 2, days=30, lot="early")
    put("A", 2, days=60, lot="late")
    promise("R-1", (items[0], 2, 20))
    do(packing.allocate, "R-1")
    once = partial(do, take_instead, "R-1", lot_id("late"), lot_id("early"), key="form-1")
    assert sorted(at_once([once, once])) == [False, True]
    assert lots() == {"early": (2, 1), "late": (2, 1)}
    assert do(take_instead, "R-1", lot_id("late"), lot_id("early"), key="form-2")
    assert lots() == {"early": (2, 0), "late": (2, 2)}


@pytest.mark.parametrize(
    ("which", "sentence"),
    [
        ("short", "expires too soon"),
        ("full", "set aside for other orders or in quarantine"),
        ("other", "not set aside for this order any more"),
    ],
)
def test_a_lot_that_cannot_serve_the_order_takes_no_place(
    items: tuple[int, int], put: Put, promise: Promise, do: Do, which: str, sentence: str
) -> None:
    put("A", 1, days=30, lot="early")
    put("A", 1, days=60, lot="full")
    put("A", 1, days=10, lot="short")
    put("B", 1, days=60, lot="other")
    promise("R-1", (items[0], 1, 20))
    do(packing.allocate, "R-1")
    corrections.quarantine(lot_id("full"), 1, Cause("staff:1", _now(), "a torn seal"))
    with pytest.raises(WrongState, match=sentence):
        do(take_instead, "R-1", lot_id(which), lot_id("early"))
    assert lots()["early"] == (1, 1)


def test_the_lot_that_another_order_needs_because_it_lasts_takes_no_place(
    items: tuple[int, int], put: Put, promise: Promise, do: Do
) -> None:
    put("A", 1, days=30, lot="early")
    put("A", 1, days=60, lot="late")
    promise("R-1", (items[0], 1, 20))
    promise("R-2", (items[0], 1, 50))
    do(packing.allocate, "R-1")
    with pytest.raises(WrongState, match="other orders need that"):
        do(take_instead, "R-1", lot_id("late"), lot_id("early"))
    do(packing.ship, "R-2")
    assert lots() == {"early": (1, 1), "late": (0, 0)}


def test_a_lot_nobody_knows_takes_no_place(items: tuple[int, int], put: Put, promise: Promise, do: Do) -> None:
    put("A", 1, days=30, lot="early")
    with pytest.raises(NotFound):
        do(take_instead, "R-1", 987654, lot_id("early"))


def _now() -> datetime:
    return clock.now()
