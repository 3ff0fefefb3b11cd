"""The recalls' pages for staff, and what a customer sees of one."""

from __future__ import annotations

import csv
from collections.abc import Callable
from io import StringIO

import pytest
from sqlalchemy import select, update

from kits import clock, host
from kits.stock.recall.tables import Recall
from kits.stock.tables import Lot
from shop.orders.tables import Order
from tests.journeys.driving import Bought, Driver
from tests.servers.client import Visitor
from tests.shop.admin.conftest import Staff, words
from tests.subscriptions.recall.conftest import SERUM_LOT
from tests.subscriptions.recall.seeing import box, holds, values

Buy = Callable[..., Bought]
Recalled = Callable[..., int]
NEW = "/admin/recalls/new"


@pytest.fixture
def lot(driver: Driver) -> int:
    """The id of the lot that the boxes come from."""
    found: int = values(select(Lot.id).where(Lot.code == SERUM_LOT))[0]
    return found


@pytest.fixture
def desk(staff: Staff) -> Callable[..., str]:
    """`desk(path, reason=…)` sends a form from the page of recalls and returns where it leads."""

    def send(path: str, **data: object) -> str:
        answer = staff.post(path, page="/admin/recalls", **data)
        assert answer.status_code == 303, words(answer)
        return answer.location

    return send


def test_the_pages_are_for_staff_alone(client: Visitor, driver: Driver) -> None:
    for path in ("/admin/recalls", NEW, "/admin/recalls/1", "/admin/recalls/1/recipients.csv"):
        assert "/admin/sign-in" in client.get(path).location


def test_a_lot_is_found_by_the_code_on_its_boxes(staff: Staff, driver: Driver, lot: int) -> None:
    assert "No lot was recalled" in words(staff.get("/admin/recalls"))
    found = staff.get(f"{NEW}?code={SERUM_LOT}")
    assert f"{NEW}?lot={lot}" in found.text
    assert "There is no lot with this code" in words(staff.get(f"{NEW}?code=NONE"))


def test_before_a_recall_the_page_says_what_it_will_do_and_shows_the_mail(
    staff: Staff,
    shipped: Buy,
    lot: int,
) -> None:
    shipped()
    said = words(staff.get(f"{NEW}?lot={lot}"))
    for part in ("Units to quarantine 19", "Orders that received it 1", "in the middle of a plan 1", "Your plan rests"):
        assert part in said
    looked = staff.post(NEW, page=f"{NEW}?lot={lot}", lot=lot, reason="seal", message="One.\r\n\r\nTwo.", step="look")
    assert (looked.status_code, "<p>Two.</p>" in looked.text) == (200, True)
    assert values(select(Recall.id)) == []


def test_a_recall_is_begun_once_and_shows_how_far_it_has_come(
    staff: Staff,
    shipped: Buy,
    lot: int,
    driver: Driver,
    desk: Callable[..., str],
) -> None:
    bought = shipped()
    form = {"lot": lot, "reason": "seal", "message": "A seal.", "step": "begin"}
    page = desk(NEW, **form)
    assert desk(NEW, **form) == page, "pressed twice"
    assert staff.get(f"{NEW}?lot={lot}").location == page
    before = words(staff.get(page))
    assert "Told 0 of 1" in before
    assert "Call the recall off" in before
    driver.work()
    after = words(staff.get(page))
    assert "All 1 told" in after
    assert "Call the recall off" not in after
    assert all(part in after for part in ("buyer1@example.org", bought.number, "on hold", "Send one"))
    assert "1 of 1" in words(staff.get("/admin/recalls"))


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"reason": " "}, 422, "Say why"),
        ({"message": ""}, 422, "Say what its customers should know"),
        ({"message": "\0"}, 422, "cannot read"),
        ({"lot": "x"}, 404, "no such lot"),
        ({"lot": "99999999999999999"}, 404, "no such lot"),
    ],
)
def test_what_cannot_be_recalled_is_said_beside_the_field(
    changed: dict[str, str],
    status: int,
    said: str,
    staff: Staff,
    lot: int,
) -> None:
    form = {"lot": lot, "reason": "seal", "message": "A seal.", "step": "begin", **changed}
    answer = staff.post(NEW, page="/admin/recalls/new", **form)
    if status == 404:
        assert answer.status_code == 404
    answer = staff.post(NEW, page=f"{NEW}?lot={lot}", **{name: value for name, value in form.items() if value != ""})
    assert (answer.status_code, said in words(answer)) == (status, True)
    assert values(select(Recall.id)) == []


def test_a_recall_is_called_off_on_its_page(staff: Staff, shipped: Buy, recalled: Recalled) -> None:
    shipped()
    page = f"/admin/recalls/{recalled()}"
    assert staff.post(f"{page}/call-off", page=page, reason="").status_code == 422
    assert staff.post(f"{page}/call-off", page=page, reason="another lot").status_code == 303
    assert staff.get(page).status_code == 404


def test_staff_send_a_replacement_and_end_a_hold_for_a_customer(
    driver: Driver, shipped: Buy, recalled: Recalled, deliver: Callable[..., None], desk: Callable[..., str]
) -> None:
    bought = shipped()
    recall_id = recalled()
    driver.work()
    deliver("GOOD", 5)
    mine = f"/admin/recalls/{recall_id}/boxes/{box(bought).id}"
    assert desk(f"{mine}/replace") == desk(f"{mine}/replace")
    desk(f"{mine}/go-on")
    assert len(values(select(Order.id).where(Order.kind == "replacement"))) == 1
    assert holds(bought)[0][1] == clock.today(clock.now())


def test_a_recipient_of_another_recall_is_not_found(staff: Staff, shipped: Buy, recalled: Recalled) -> None:
    bought = shipped()
    recall_id = recalled()
    answer = staff.post(f"/admin/recalls/{recall_id + 1}/boxes/{box(bought).id}/replace", page="/admin/recalls")
    assert answer.status_code == 404


def test_all_recipients_are_a_file_that_no_spreadsheet_takes_for_formulas(
    staff: Staff,
    driver: Driver,
    shipped: Buy,
    recalled: Recalled,
) -> None:
    first, second = shipped(), shipped(refills=False)
    with host.unit() as session:
        session.execute(update(Order).where(Order.id == first.order_id).values(name='=HYPERLINK("x")'))
    recall_id = recalled()
    driver.work()
    answer = staff.client.get(f"/admin/recalls/{recall_id}/recipients.csv", buffered=True)
    assert answer.headers["Content-Disposition"] == f"attachment; filename=recall-{recall_id}-{SERUM_LOT}.csv"
    head, *lines = csv.reader(StringIO(answer.text))
    assert head[:4] == ["Name", "E-mail", "Order", "Units"]
    assert [line[:4] for line in lines] == [
        ['\'=HYPERLINK("x")', "buyer1@example.org", first.number, "1"],
        ["A Buyer", "buyer2@example.org", second.number, "1"],
    ]
    assert all(lines[0][4:7])


def test_recipients_come_page_by_page(
    staff: Staff,
    driver: Driver,
    shipped: Buy,
    recalled: Recalled,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("subscriptions.admin.recall_page.A_PAGE", 1)
    monkeypatch.setattr("subscriptions.recall.listing.A_CHUNK", 1)
    first, second = shipped(), shipped()
    recall_id = recalled()
    page = words(staff.get(f"/admin/recalls/{recall_id}"))
    assert (first.number in page, second.number in page, "The next ones" in page) == (True, False, True)
    after = words(staff.get(f"/admin/recalls/{recall_id}?after={box(first).id}"))
    assert (first.number in after, second.number in after, "The next ones" in after) == (False, True, False)
    listed = staff.client.get(f"/admin/recalls/{recall_id}/recipients.csv", buffered=True)
    assert listed.text.count("\n") == 3


def test_a_customer_asks_for_a_replacement_on_the_orders_page(
    client: Visitor, driver: Driver, shipped: Buy, recalled: Recalled, deliver: Callable[..., None]
) -> None:
    bought, other = shipped(), driver.buy()
    page = f"/orders/{bought.token}"
    recalled(message="A seal is not tight.")
    assert "A seal is not tight" not in words(client.get(page)), "nobody was told yet"
    driver.work()
    said = words(client.get(page))
    assert all(part in said for part in ("A seal is not tight", "on hold since", "Send me a replacement"))
    assert "A seal is not tight" not in words(client.get(f"/orders/{other.token}"))
    button = Staff(client)
    ask = f"/orders/{bought.token}/recalls/{box(bought).id}/replace"
    assert client.post(ask).status_code == 400, "without the form's token"
    assert button.post(ask.replace(bought.token, other.token), page=page).status_code == 404
    assert button.post(ask, page=page).status_code == 303
    assert "We have none left just now" in words(client.get(page))
    deliver("GOOD", 5)
    driver.travel(clock.now())
    said = words(client.get(page))
    assert "is being packed" in said
    assert "Send me a replacement" not in said


def test_a_replacements_own_page_and_its_answer_in_the_api_are_whole(
    client: Visitor, staff: Staff, driver: Driver, shipped: Buy, recalled: Recalled, deliver: Callable[..., None],
    desk: Callable[..., str],
) -> None:  # fmt: skip
    bought = shipped()
    recall_id = recalled()
    driver.work()
    deliver("GOOD", 5)
    desk(f"/admin/recalls/{recall_id}/boxes/{box(bought).id}/replace")
    order = driver.seen(box(bought).replacement or 0)
    assert "nothing was charged" in words(client.get(f"/orders/{order.token}"))
    assert client.get(f"/api/v1/orders/{order.token}").json["state"] == "paid"  # type: ignore[index]
    desked = words(staff.get(f"/admin/orders/{order.number}"))
    assert f"Replacement for {bought.number}" in desked
    assert "Nothing is to be paid for it" in desked
    assert "Replacement: Serum" in words(staff.get("/admin/"))
