"""Packing with many hands: each unit is set aside, put back or shipped once."""

from __future__ import annotations

from functools import partial

from kits.errors import BadInput
from kits.stock.moves import packing
from tests.kits.stock.moves.looking import AtOnce, Do, Promise, Put, lot_id, lots


def test_two_people_who_pack_the_same_order_at_once_set_it_aside_once(
    items: tuple[int, int], put: Put, promise: Promise, do: Do, at_once: AtOnce
) -> None:
    put("A", 20, days=30, lot="L1")
    promise("R-1", (items[0], 3, 20))
    assert sorted(at_once([partial(do, packing.allocate, "R-1")] * 4)) == [0, 0, 0, 3]
    assert lots() == {"L1": (20, 3)}


def test_what_one_ships_while_another_puts_it_back_leaves_once_or_not_at_all(
    items: tuple[int, int], put: Put, promise: Promise, do: Do, at_once: AtOnce
) -> None:
    put("A", 20, days=30, lot="L1")
    promise("R-1", (items[0], 3, 20))
    do(packing.allocate, "R-1")
    shipping = partial(do, packing.ship, "R-1", lots={lot_id("L1"): 3})
    shipped, back = at_once([shipping, partial(do, packing.put_back, "R-1")])
    if isinstance(shipped, BadInput):
        assert (back, lots()) == (3, {"L1": (20, 0)})
    else:
        assert (back, lots()) == (0, {"L1": (17, 0)})


def test_orders_of_two_items_packed_and_put_back_at_once_never_wait_for_each_other_in_a_ring(
    items: tuple[int, int], put: Put, promise: Promise, do: Do, at_once: AtOnce
) -> None:
    put("A", 20, days=30)
    put("B", 20, days=30)
    orders = [f"R-{number}" for number in range(4)]
    for number, order in enumerate(orders):
        both = [(items[0], 1, 20), (items[1], 1, 20)]
        promise(order, *(both if number % 2 else both[::-1]))
    steps = [partial(do, step, order) for order in orders for step in (packing.allocate, packing.put_back)]
    assert [each for each in at_once(steps) if isinstance(each, Exception)] == []
