"""A plan for staff: its refills with their attempts, and pages that show what they do before they do it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select, update

from kits import host
from kits.stock.tables import Lot
from shop.orders.tables import Order
from subscriptions.tables import Refill
from tests.bench.statements import counted
from tests.journeys.driving import Driver
from tests.journeys.mistakes import NUL, nothing_changed
from tests.servers.client import Visitor
from tests.shop.admin.conftest import Staff, words
from tests.subscriptions.repairs.conftest import Desk

WHY = "They asked for it by phone."


def page_of(desk: Desk) -> str:
    return f"/admin/plans/{desk.bought.subscription_id}"


def at(desk: Desk, do: str) -> str:
    return f"/admin/refills/{desk.refill_id}/{do}"


def form(staff: Staff, where: str, **more: str) -> dict[str, str]:
    found = re.search(r'name="submission" value="([^"]+)"', staff.get(where).text)
    return {"submission": found.group(1) if found else "", "reason": WHY, **more}


def test_the_orders_page_leads_to_the_plan_and_its_refills(driver: Driver, desk: Desk, staff: Staff) -> None:
    desk.decline()
    for number in (desk.bought.number, _number(driver.refill(desk.bought).order_id)):
        assert page_of(desk) in staff.get(f"/admin/orders/{number}").text
    with counted(host.engine()) as statements:
        page = staff.get(page_of(desk))
    assert len(statements) <= 14
    for said in (
        "Refill 1",
        "saved card: declined, generic decline",
        "accepted",
        "Visa ending in 4242",
        "will be tried again on",
    ):
        assert said in words(page), said
    for do in ("charge", "cancel"):
        assert at(desk, do) in page.text
    assert at(desk, "replace") not in page.text
    assert "/paid-elsewhere" in page.text


def test_staff_charge_a_refill_from_its_page_once(driver: Driver, desk: Desk, staff: Staff) -> None:
    desk.decline()
    driver.card_behaves(desk.bought, None)
    shown = words(staff.get(at(desk, "charge")))
    assert "£49.00 is charged to the Visa ending in 4242" in shown
    given = form(staff, at(desk, "charge"))
    for _ in range(2):
        assert staff.post(at(desk, "charge"), page=page_of(desk), **given).status_code == 303
    assert (desk.state, desk.charges) == ("paid", 1)
    page = words(staff.get(page_of(desk)))
    assert "Charged at once" in page
    assert WHY in page
    story = words(staff.get(f"/admin/refills/{desk.refill_id}/why"))
    assert "We had the charge made again" in story


def test_a_charge_that_the_law_does_not_allow_yet_says_from_when(driver: Driver, desk: Desk, staff: Staff) -> None:
    driver.travel(driver.refill(desk.bought).notice_on)
    assert "it can be charged from" in words(staff.get(at(desk, "charge")))
    staff.post(at(desk, "charge"), reason=WHY, submission="m")  # it is noted that the database was looked at
    with nothing_changed():
        answer = staff.post(at(desk, "charge"), reason=WHY, submission="m")
    assert (answer.status_code, "it can be charged from" in words(answer)) == (409, True)


def test_staff_cancel_a_refill_from_its_page(desk: Desk, staff: Staff) -> None:
    assert "neither charged nor sent. The plan goes on" in words(staff.get(at(desk, "cancel")))
    given = form(staff, at(desk, "cancel"))
    for _ in range(2):
        assert staff.post(at(desk, "cancel"), page=page_of(desk), **given).status_code == 303
    assert (desk.state, desk.repairs()) == ("cancelled", ["cancelled"])
    assert "nothing to cancel" in words(staff.get(at(desk, "cancel")))


def test_staff_replace_a_refill_and_tick_to_replace_it_again(desk: Desk, staff: Staff) -> None:
    desk.ship()
    where = at(desk, "replace")
    assert where in staff.get(page_of(desk)).text
    assert "1 box in place of what order" in words(staff.get(where))
    assert 'name="again"' not in staff.get(where).text
    assert staff.post(where, **form(staff, where)).status_code == 303
    assert "It was replaced once already" in words(staff.get(where))
    refused = staff.post(where, **form(staff, where))
    assert (refused.status_code, "Tick this to send another one" in words(refused)) == (422, True)
    assert staff.post(where, **form(staff, where, again="1")).status_code == 303
    assert desk.repairs() == ["replaced", "replaced"]
    assert "Replaced" in words(staff.get(page_of(desk)))


def test_what_cannot_be_done_just_now_is_said_on_its_page(desk: Desk, staff: Staff) -> None:
    desk.ship()
    with host.unit() as session:
        session.execute(update(Lot).values(quarantined=Lot.on_hand - Lot.allocated))
    with nothing_changed():
        answer = staff.post(at(desk, "replace"), reason=WHY, submission="m")
    assert (answer.status_code, "so nothing was ordered. Receive more first" in words(answer)) == (409, True)
    with host.unit() as session:
        session.execute(update(Refill).values(claimed_by="a worker", free_at=10.0**12))
    answer = staff.post(at(desk, "charge"), reason=WHY, submission="m")
    assert (answer.status_code, "Look again in a minute" in answer.text) == (409, True)


@pytest.mark.parametrize("do", ["charge", "cancel", "replace"])
@pytest.mark.parametrize(
    "wrong", [{"reason": ""}, {"reason": "x" * 501}, {"reason": NUL}, {"submission": ""}, {"submission": "x" * 65}]
)
def test_what_cannot_be_taken_is_said_at_its_field_and_changes_nothing(
    desk: Desk, staff: Staff, do: str, wrong: dict[str, str]
) -> None:
    staff.get("/admin/")
    with nothing_changed():
        assert staff.post(at(desk, do), **{"reason": WHY, "submission": "m", **wrong}).status_code == 422


def test_only_staff_with_a_token_and_no_refill_there_is_not(desk: Desk, staff: Staff, client: Visitor) -> None:
    paths = [page_of(desk), *(at(desk, do) for do in ("charge", "cancel", "replace"))]
    for path in ("/admin/plans/999999", "/admin/refills/999999/charge", f"/admin/plans/{10**30}"):
        assert staff.get(path).status_code == 404, path
    with nothing_changed():
        for path in paths[1:]:
            assert client.post(path, data={"reason": WHY, "submission": "m"}).status_code in (400, 403), path
            assert (
                staff.post(path.replace(str(desk.refill_id), "999999"), reason=WHY, submission="m").status_code == 404
            )
    stranger = Visitor(client.application, use_cookies=True)
    with nothing_changed():
        for path in paths:
            assert stranger.get(path).status_code == 303, path


def _number(order_id: Any) -> str:
    found = host.session().scalar(select(Order.number).where(Order.id == order_id))
    host.end_reads()
    return str(found)
