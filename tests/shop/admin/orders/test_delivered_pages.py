"""The button that says that a parcel has arrived, and the way back from it."""

from __future__ import annotations

import pytest

from tests.servers.client import Visitor
from tests.shop.admin.conftest import Staff, words
from tests.shop.papers.conftest import token_of


def test_staff_mark_a_parcel_as_delivered_and_its_customer_sees_it(staff: Staff, client: Visitor, sent: str) -> None:
    page = f"/admin/orders/{sent}"
    answer = staff.post(f"{page}/parcels/1/delivered", page=page)
    assert (answer.status_code, answer.location) == (303, f"{page}#parcel-1")
    shown = words(staff.get(page))
    assert "its customer was told" in shown
    assert "Mark as delivered" not in shown
    seen = words(client.get(f"/orders/{token_of(sent)}"))
    assert "Delivered It arrived on" in seen
    assert ", delivered " in seen


def test_undo_stands_on_the_page_and_takes_it_back(staff: Staff, client: Visitor, sent: str) -> None:
    page = f"/admin/orders/{sent}"
    staff.post(f"{page}/parcels/1/delivered", page=page)
    assert "Undo" in words(staff.get(page))
    assert staff.post(f"{page}/parcels/1/not-delivered", page=page).status_code == 303
    assert "Mark as delivered" in words(staff.get(page))
    assert "On its way" in words(client.get(f"/orders/{token_of(sent)}"))


@pytest.mark.parametrize("parcel", ["0", "2", "-1", "one", "9" * 30])
@pytest.mark.parametrize("step", ["delivered", "not-delivered"])
def test_a_parcel_there_is_not_is_a_404(staff: Staff, sent: str, parcel: str, step: str) -> None:
    page = f"/admin/orders/{sent}"
    assert staff.post(f"{page}/parcels/{parcel}/{step}", page=page).status_code == 404
    assert "Mark as delivered" in words(staff.get(page))


def test_only_staff_say_so_and_only_by_a_form_of_ours(staff: Staff, client: Visitor, sent: str) -> None:
    step = f"/admin/orders/{sent}/parcels/1/delivered"
    assert client.post(step).status_code == 400
    assert client.get(step).status_code == 405
    assert "Mark as delivered" in words(staff.get(f"/admin/orders/{sent}"))
