"""What the chaos run calls right: decided here, from the card, the stock and the customer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.chaos.right import (
    KINDS,
    LOST,
    SHORT_OF_MONEY,
    WANTS_ITS_OWNER,
    Found,
    Kind,
    right_end,
    wrong,
)

PAID = Found("paid", True, "paid", ("pi_1",), ("pi_1",), 1, ("refill_paid",))
DECLINED = Found("declined", True, "awaiting_payment", (), (), 1, ("refill_declined",))


@pytest.mark.parametrize(
    ("kind", "by_hand", "state", "charges"),
    [
        (Kind(), False, "paid", 1),
        (Kind(SHORT_OF_MONEY), False, "declined", 0),
        (Kind(LOST), False, "needs_customer", 0),
        (Kind(WANTS_ITS_OWNER), False, "needs_customer", 0),
        (Kind(SHORT_OF_MONEY), True, "paid", 1),
        (Kind(LOST), True, "paid", 1),
        (Kind(stocked=False), False, "waiting_for_stock", 0),
        (Kind(LOST, stocked=False), False, "waiting_for_stock", 0),
    ],
)
def test_each_refill_has_one_right_end(kind: Kind, by_hand: bool, state: str, charges: int) -> None:
    end = right_end(kind, by_hand=by_hand)
    assert (end.state, end.charges) == (state, charges)


def test_every_end_is_met_among_ten_plans() -> None:
    assert len(KINDS) == 10
    states = {right_end(kind, by_hand=False).state for kind in KINDS}
    assert states == {"paid", "declined", "needs_customer", "waiting_for_stock"}


def test_what_is_right_is_not_complained_of() -> None:
    assert wrong(Kind(), PAID, by_hand=False) == []
    assert wrong(Kind(SHORT_OF_MONEY), DECLINED, by_hand=False) == []
    mails = ("refill_declined", "refill_paid")
    assert wrong(Kind(SHORT_OF_MONEY), replace(PAID, mails=mails), by_hand=True) == []
    waits = Found("waiting_for_stock", mails=("owner_refill_waits", "refill_waits"))
    assert wrong(Kind(stocked=False), waits, by_hand=False) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"state": "charging"}, "it is charging, and should be paid"),
        ({"charged": ("pi_1", "pi_2"), "paid_by": ("pi_1", "pi_2")}, "2 charges took money, and 1 should have"),
        ({"charged": ()}, "0 charges took money, and 1 should have"),
        ({"paid_by": ()}, "our payments () are not the gateway's ('pi_1',)"),
        ({"paid_by": ("pi_2",)}, "our payments ('pi_2',) are not the gateway's ('pi_1',)"),
        ({"has_order": False}, "it has no order"),
        ({"order_state": "awaiting_payment"}, "its order is awaiting_payment"),
        ({"kept": 2}, "2 units are promised to its order"),
        ({"mails": ()}, "the mails about it are (), and should be ('refill_paid',)"),
        ({"mails": ("refill_paid",) * 2}, "the mails about it are ('refill_paid', 'refill_paid'), and"),
    ],
)
def test_each_thing_that_can_be_wrong_is_found(change: dict[str, object], said: str) -> None:
    assert any(each.startswith(said) for each in wrong(Kind(), replace(PAID, **change), by_hand=False))  # type: ignore[arg-type]


def test_money_for_a_declined_card_is_wrong_unless_its_customer_paid() -> None:
    taken = replace(PAID, mails=("refill_needs_you", "refill_paid"))
    assert wrong(Kind(LOST), taken, by_hand=False)
    assert not wrong(Kind(LOST), taken, by_hand=True)
