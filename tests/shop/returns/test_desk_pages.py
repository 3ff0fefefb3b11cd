"""The desk's pages: the list, a return's steps, agreeing to one, refunding, and what is wrong in a form."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from kits import clock
from shop.payments.tables import Refund
from shop.returns.tables import Return
from tests.journeys.driving import Bought, Driver
from tests.journeys.mistakes import nothing_changed
from tests.servers.client import Visitor
from tests.shop.admin.conftest import Staff, words
from tests.shop.returns.conftest import SERUM, WHOLE, days, goods, refunded, shelf
from tests.shop.returns.desk.test_steps import lots, receive

Read = Callable[[Any], list[Any]]


def path(row: int, step: str = "") -> str:
    return f"/admin/returns/{row}{step}"


def mark(staff: Staff, page: str) -> str:
    found = re.search(r'name="submission" value="([^"]+)"', staff.get(page).text)
    assert found
    return found.group(1)


def test_a_return_is_taken_from_the_list_through_its_steps(
    staff: Staff,
    driver: Driver,
    came: Bought,
    coming: int,
    read: Read,
) -> None:
    assert came.number in words(staff.get("/admin/returns"))
    today = clock.today(clock.now()).isoformat()
    assert staff.post(path(coming, "/received"), received_on=today).location == path(coming)
    assert "1 here, to look at" in words(staff.get("/admin/"))
    form = {f"restock-{lot}": "1" for lot in lots().values()}
    assert staff.post(path(coming, "/inspected"), **form).status_code == 303
    page = staff.get(path(coming))
    assert 'name="amount" type="text" value="89.00"' in page.text
    assert staff.post(path(coming, "/refund"), amount="89.00", note="").status_code == 303
    driver.work()
    assert (refunded(driver), shelf()) == ([WHOLE], (20, 20, 0))
    assert "What went back" in words(staff.get(path(coming)))
    assert came.number in words(staff.get("/admin/returns?state=refunded"))
    assert "Nothing is to come back" in words(staff.get("/admin/returns"))


def test_what_is_overdue_comes_first_and_stands_on_today(staff: Staff, driver: Driver, coming: int) -> None:
    receive(coming)
    driver.travel(clock.today(clock.now()) + days(15), work=False)
    assert "1 overdue" in words(staff.get("/admin/"))
    assert "overdue" in words(staff.get("/admin/returns"))


def test_a_step_is_undone_with_a_button(staff: Staff, coming: int, read: Read) -> None:
    receive(coming)
    assert staff.post(path(coming, "/undo")).status_code == 303
    assert read(select(Return.state)) == ["announced"]
    answer = staff.post(path(coming, "/undo"))
    assert (answer.status_code, "There is no step to undo" in words(answer)) == (409, True)


NUL = "A\x00B"


@pytest.mark.parametrize(
    ("step", "form"),
    [
        *(
            ("/received", {"received_on": value})
            for value in ("", "soon", "2027-02-30", "1999-01-01", "9999-12-31", NUL)
        ),
        *(("/sent", {"sent_on": value}) for value in ("", "soon", "1999-01-01", "9999-12-31")),
        *(("/close", {"note": value}) for value in ("", "  ", "x" * 501, NUL)),
    ],
)
def test_what_a_step_cannot_take_is_refused_at_its_field(
    staff: Staff,
    coming: int,
    step: str,
    form: dict[str, str],
) -> None:
    staff.get("/admin/")
    with nothing_changed():
        answer = staff.post(path(coming, step), **form)
        assert (answer.status_code, f'id="{next(iter(form))}-error"' in answer.text) == (422, True)


@pytest.mark.parametrize("value", ["x", "-1", "2", "1.5", "9" * 30, NUL])
def test_units_that_cannot_be_are_refused(staff: Staff, coming: int, value: str) -> None:
    receive(coming)
    lot = min(lots().values())
    with nothing_changed():
        assert staff.post(path(coming, "/inspected"), **{f"restock-{lot}": value}).status_code == 422
        assert staff.post(path(coming, "/inspected"), **{"restock-999999": "1"}).status_code == 422


@pytest.mark.parametrize("amount", ["", "x", "-1", "89.001", "89.01", "1e2", "9" * 30, "٣", NUL])
def test_amounts_that_cannot_be_are_refused_on_both_forms(
    staff: Staff,
    came: Bought,
    coming: int,
    read: Read,
    amount: str,
) -> None:
    receive(coming)
    staff.post(path(coming, "/inspected"), **{f"restock-{lot}": "1" for lot in lots().values()})
    where = f"/admin/orders/{came.number}/refund"
    with nothing_changed():
        answer = staff.post(path(coming, "/refund"), amount=amount, note="why")
        assert (answer.status_code, 'id="amount-error"' in answer.text) == (422, True)
        answer = staff.post(where, amount=amount, reason="goodwill", submission="m")
        assert (answer.status_code, 'id="amount-error"' in answer.text) == (422, True)
    assert read(select(Refund.id)) == []


def test_staff_agree_to_take_something_back_and_the_customer_is_told(
    staff: Staff,
    driver: Driver,
    came: Bought,
    read: Read,
) -> None:
    where = f"/admin/orders/{came.number}/take-back"
    line, item = goods(came)[SERUM].key
    form = {f"units-{line}-{item}": "1", "note": "a dent", "submission": mark(staff, where)}
    for _ in range(2):
        assert staff.post(where, **form).status_code == 303
    assert read(select(Return.kind)) == ["goodwill"]
    assert "Agreed return 1" in words(staff.get(f"/admin/orders/{came.number}"))


@pytest.mark.parametrize(
    ("field", "value"),
    [("units", ""), ("units", "2"), ("units", "x"), ("note", ""), ("note", "x" * 501), ("submission", "")],
)
def test_an_agreement_that_cannot_be_changes_nothing(
    staff: Staff,
    came: Bought,
    field: str,
    value: str,
) -> None:
    line, item = goods(came)[SERUM].key
    name = f"units-{line}-{item}"
    staff.get("/admin/")
    form = {name: "1", "note": "a dent", "submission": "m", (name if field == "units" else field): value}
    with nothing_changed():
        assert staff.post(f"/admin/orders/{came.number}/take-back", **form).status_code == 422


@pytest.mark.parametrize("row", ["999", "x", "9" * 40, "0"])
def test_a_return_or_refund_there_is_not_is_a_404(staff: Staff, came: Bought, row: str) -> None:
    steps = {"/received": "received_on", "/sent": "sent_on"}
    assert staff.get(path(row)).status_code == 404  # type: ignore[arg-type]
    for step, field in steps.items():
        today = clock.today(clock.now()).isoformat()
        assert staff.post(path(row, step), **{field: today}).status_code == 404  # type: ignore[arg-type]
    for step in ("/inspected", "/undo", "/refund", "/close"):
        form = {"amount": "1", "note": "why"}
        assert staff.post(path(row, step), **form).status_code == 404  # type: ignore[arg-type]
    assert staff.post(f"/admin/refunds/{row}/again").status_code == 404
    for page in ("refund", "take-back"):
        assert staff.get(f"/admin/orders/R-NONE/{page}").status_code == 404


def test_the_desk_is_for_staff(client: Visitor, coming: int) -> None:
    with nothing_changed():
        for where in ("/admin/returns", path(coming)):
            assert client.get(where).status_code == 303
