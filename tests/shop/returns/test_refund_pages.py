"""Refunding from an order's page, once a form; and a refund that failed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from kits import host
from shop.payments.tables import Payment, Refund
from shop.returns import lists
from tests.journeys.driving import Bought, Driver
from tests.journeys.mistakes import nothing_changed
from tests.servers.client import Visitor
from tests.shop.admin.conftest import Staff, words
from tests.shop.returns.conftest import refunded
from tests.shop.returns.test_desk_pages import NUL, mark

Read = Callable[[Any], list[Any]]


def test_staff_refund_a_part_from_the_orders_page_once(
    staff: Staff,
    driver: Driver,
    bought: Bought,
    read: Read,
) -> None:
    where = f"/admin/orders/{bought.number}/refund"
    assert where in staff.get(f"/admin/orders/{bought.number}").text
    form = {"amount": "£5", "reason": "goodwill", "note": "It was late.", "submission": mark(staff, where)}
    for _ in range(2):
        assert staff.post(where, **form).status_code == 303
    driver.work()
    assert refunded(driver) == [500]
    assert "Refund succeeded: goodwill" in words(staff.get(f"/admin/orders/{bought.number}"))


def test_refunding_all_of_it_from_the_admin_ends_its_refills(
    staff: Staff,
    client: Visitor,
    driver: Driver,
    bought: Bought,
) -> None:
    where = f"/admin/orders/{bought.number}/refund"
    staff.post(where, amount="89.00", reason="not_delivered", submission=mark(staff, where))
    assert {each.state for each in driver.refills(bought)} == {"cancelled"}
    driver.work()
    page = words(client.get(f"/orders/{bought.token}"))
    for said in ("Refunded", "£89.00 was sent to your card ending in 4242", "Something did not arrive"):
        assert said in page
    assert "nothing left to refund" in words(staff.get(where))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reason", ""),
        ("reason", "withdrawn"),
        ("note", "x" * 501),
        ("note", NUL),
        ("submission", ""),
        ("submission", "x" * 65),
    ],
)
def test_a_refund_form_that_cannot_be_taken_changes_nothing(
    staff: Staff,
    bought: Bought,
    field: str,
    value: str,
) -> None:
    staff.get("/admin/")
    form = {"amount": "5", "reason": "goodwill", "note": "", "submission": "m", field: value}
    with nothing_changed():
        assert staff.post(f"/admin/orders/{bought.number}/refund", **form).status_code == 422


def test_a_refund_that_failed_stays_on_the_list_until_it_is_tried_again(
    staff: Staff,
    driver: Driver,
    bought: Bought,
    read: Read,
    now: datetime,
) -> None:
    where = f"/admin/orders/{bought.number}/refund"
    staff.post(where, amount="5", reason="goodwill", submission="m")
    with host.unit() as session:
        session.execute(update(Refund).values(state="failed", problem="expired_or_canceled_card"))
    assert "expired or canceled card" in words(staff.get("/admin/returns"))
    assert "1 refund failed" in words(staff.get("/admin/"))
    row = read(select(Refund.id))[0]
    for _ in range(2):
        assert staff.post(f"/admin/refunds/{row}/again").status_code == 303
    driver.work()
    assert refunded(driver) == [500]
    assert "Refunds that failed" not in words(staff.get("/admin/returns"))


@pytest.mark.parametrize(
    ("later", "reason", "listed"),
    [
        (["5"], "goodwill", False),
        (["2", "3"], "goodwill", False),
        (["4"], "goodwill", True),
        (["5"], "not_delivered", True),
        (["89"], "not_delivered", False),
    ],
)
def test_a_refund_that_failed_leaves_the_list_once_its_money_went_back_another_way(
    staff: Staff, bought: Bought, later: list[str], reason: str, listed: bool
) -> None:
    fail(staff, bought, "m")
    for amount in later:
        where = f"/admin/orders/{bought.number}/refund"
        assert staff.post(where, amount=amount, reason=reason, submission=amount).status_code == 303
    assert ("Refunds that failed" in words(staff.get("/admin/returns"))) is listed
    assert ("1 refund failed" in words(staff.get("/admin/"))) is listed


def test_later_money_is_for_the_refund_that_failed_first(staff: Staff, bought: Bought, read: Read) -> None:
    fail(staff, bought, "a", "b")
    staff.post(f"/admin/orders/{bought.number}/refund", amount="5", reason="goodwill", submission="c")
    left = [refund.id for refund in lists.failed(host.session())]
    host.end_reads()
    assert left == [read(select(Refund.id).order_by(Refund.id))[1]]


def test_what_the_bank_gave_back_itself_is_owed_no_more(staff: Staff, bought: Bought) -> None:
    fail(staff, bought, "m")
    with host.unit() as session:
        session.execute(update(Payment).values(dispute="lost"))
    assert "Refunds that failed" not in words(staff.get("/admin/returns"))


def fail(staff: Staff, bought: Bought, *submissions: str) -> None:
    """A refund of 5 pounds a submission, each of which the bank sent back."""
    for submission in submissions:
        where = f"/admin/orders/{bought.number}/refund"
        staff.post(where, amount="5", reason="goodwill", submission=submission)
    with host.unit() as session:
        session.execute(update(Refund).values(state="failed", problem="expired_or_canceled_card"))
