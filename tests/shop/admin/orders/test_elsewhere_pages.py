"""An order that was paid another way: what the page says will be done, and what the form may not say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from shop.payments.giving_back import money_back
from shop.payments.tables import Payment, Refund
from tests.journeys.mistakes import NUL, nothing_changed
from tests.servers.client import Visitor
from tests.shop.admin.conftest import Staff, words

Read = Callable[[Any], list[Any]]
FORM = {"means": "bank_transfer", "reference": "BACS 0042", "reason": "Its card was declined."}


@pytest.fixture
def where(placed: str) -> str:
    """The page of an order that waits for its payment."""
    return f"/admin/orders/{placed}/paid-elsewhere"


def test_staff_read_what_it_does_and_note_it_once(staff: Staff, placed: str, where: str, read: Read) -> None:
    assert where in staff.get(f"/admin/orders/{placed}").text
    page = words(staff.get(where))
    for said in ("£89.00 is due", "closed first, so that nobody pays twice", "paid back by hand"):
        assert said in page
    for _ in range(2):
        assert staff.post(where, page=where, **FORM).status_code == 303
    assert read(select(Payment.means)) == ["bank_transfer"]
    order = words(staff.get(f"/admin/orders/{placed}"))
    assert "Paid by bank transfer, reference BACS 0042" in order
    assert where not in staff.get(f"/admin/orders/{placed}").text
    assert "not waiting for a payment" in words(staff.get(where))


@pytest.mark.parametrize(
    "wrong",
    [
        {"means": ""}, {"means": "stripe"}, {"means": NUL}, {"reference": ""}, {"reference": "x" * 101},
        {"reference": NUL}, {"reason": " "}, {"reason": "x" * 501}, {"reason": NUL},
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_said_at_its_field_and_changes_nothing(
    staff: Staff, where: str, wrong: dict[str, str]
) -> None:
    staff.get("/admin/")
    with nothing_changed():
        answer = staff.post(where, **{**FORM, **wrong})
    assert (answer.status_code, 'aria-invalid="true"' in answer.text) == (422, True)


def test_nobody_but_staff_and_no_unknown_order(client: Visitor, where: str, staff: Staff) -> None:
    assert staff.get("/admin/orders/NONE/paid-elsewhere").status_code == 404
    with nothing_changed():
        assert client.post(where, data=FORM).status_code in (400, 403), "without a token"
    staff.post("/admin/sign-out")
    with nothing_changed():
        assert client.get(where).status_code == 303


def test_a_refund_that_waits_for_a_hand_stands_on_today_and_is_noted_once(
    staff: Staff, placed: str, where: str, read: Read, now: datetime
) -> None:
    staff.post(where, **FORM)
    [order_id] = read(select(Payment.order_id))
    assert money_back.all_of(order_id, reason="not_wanted", actor="duty:x", now=now)
    [refund] = read(select(Refund.id))
    back = f"/admin/refunds/{refund}/paid-back"
    assert "1 refund to be paid back by hand" in words(staff.get("/admin/"))
    assert back in staff.get("/admin/returns").text
    assert back in staff.get(f"/admin/orders/{placed}").text
    assert "It was paid by bank transfer" in words(staff.get(back))
    for reference in ("", "x" * 101, NUL):
        with nothing_changed():
            assert staff.post(back, page=where, reference=reference).status_code == 422
    for _ in range(2):
        assert staff.post(back, page=f"/admin/orders/{placed}", reference="BACS 0051").status_code == 303
    assert [(each.state, each.reference) for each in read(select(Refund))] == [("succeeded", "BACS 0051")]
    assert "It was paid back on" in words(staff.get(back))
    assert "paid back by hand" not in words(staff.get("/admin/returns"))
    assert staff.get("/admin/refunds/999/paid-back").status_code == 404
    assert staff.post("/admin/refunds/999/paid-back", reference="x").status_code == 404


def test_a_refund_of_it_asks_for_the_reference_of_what_was_paid_back(
    staff: Staff, placed: str, where: str, read: Read
) -> None:
    staff.post(where, **FORM)
    refund, form = f"/admin/orders/{placed}/refund", {"amount": "5", "reason": "goodwill", "submission": "m"}
    assert "so Stripe cannot refund it. Pay it back by hand first" in words(staff.get(refund))
    for reference, status in (("", 422), ("x" * 101, 422), (NUL, 422), ("BACS 0051", 303), ("BACS 0051", 303)):
        assert staff.post(refund, **form, reference=reference).status_code == status
    assert [(each.state, each.reference) for each in read(select(Refund))] == [("succeeded", "BACS 0051")]
    assert "paid back, reference BACS 0051" in words(staff.get(f"/admin/orders/{placed}"))
