"""Papers by an order's link and for staff: whose they are, what is in them, and that nobody else gets them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import delete, update

from kits import host
from shop.orders import parcels
from shop.orders.find import order_by_number
from shop.orders.tables import Order, OrderLine
from tests.bench.statements import counted
from tests.servers.client import Visitor
from tests.shop.admin.conftest import Staff, words
from tests.shop.papers.conftest import give_back, issued, text_of, token_of
from tests.shop.papers.test_issuing import forget_papers

Pay = Callable[..., str]


def pages_of(number: str) -> list[str]:
    """The order's invoice for its customer and for staff, and its packing slip."""
    admin = f"/admin/orders/{number}"
    return [f"/orders/{token_of(number)}/invoice.pdf", f"{admin}/invoice.pdf", f"{admin}/packing-slip.pdf"]


@pytest.fixture
def ship(now: datetime) -> Callable[[str], None]:
    """`ship(number)` sends all of an order."""

    def send(number: str) -> None:
        order_id = order_by_number(host.session(), number).id
        host.end_reads()
        parcels.ship(order_id, tracking="", actor="staff:1", now=now)

    return send


@pytest.mark.usefixtures("registered")
def test_the_invoice_opens_by_the_orders_link_and_is_kept_by_no_cache(client: Visitor, pay: Pay) -> None:
    answer = client.get(f"/orders/{token_of(pay())}/invoice.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == 'inline; filename="INV-000001.pdf"'
    assert (answer.headers["Cache-Control"], answer.headers["X-Robots-Tag"]) == ("no-store", "noindex")
    assert "VAT invoice INV-000001" in text_of(answer)


def test_an_order_that_is_not_paid_has_no_invoice(client: Visitor, staff: Staff, place: Pay) -> None:
    number = place()
    assert [staff.get(path).status_code for path in pages_of(number)] == [404] * 3
    assert "Invoice" not in client.get(f"/orders/{token_of(number)}").text
    assert issued() == []


@pytest.mark.parametrize("token", ["nothing", "x" * 300, "a%00b"])
def test_a_link_that_is_nobodys_opens_nothing(client: Visitor, pay: Pay, token: str) -> None:
    give_back(pay(), 100)
    for paper in ("invoice.pdf", "credit-notes/1.pdf"):
        assert client.get(f"/orders/{token}/{paper}").status_code == 404


def test_one_orders_link_opens_no_other_orders_credit_note(client: Visitor, staff: Staff, pay: Pay) -> None:
    mine, other = pay(), pay()
    give_back(other, 100)
    assert client.get(f"/orders/{token_of(other)}/credit-notes/1.pdf").status_code == 200
    for number in ("1", "0", "9" * 18, "9" * 30, "-1", "one"):
        assert client.get(f"/orders/{token_of(mine)}/credit-notes/{number}.pdf").status_code == 404
    assert staff.get(f"/admin/orders/{mine}/credit-notes/1.pdf").status_code == 404
    assert staff.get(f"/admin/orders/{other}/credit-notes/1.pdf").status_code == 200


def test_papers_of_the_admin_are_for_staff(client: Visitor, pay: Pay) -> None:
    number = pay()
    for page in pages_of(number)[1:]:
        answer = client.get(page)
        assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/admin/sign-in")


def test_an_old_order_gets_its_number_when_its_invoice_is_opened(client: Visitor, pay: Pay) -> None:
    number = pay()
    forget_papers()
    for _ in range(2):
        assert "INV-000001" in text_of(client.get(f"/orders/{token_of(number)}/invoice.pdf"))
    assert [each.order for each in issued()] == [number]


def test_a_free_replacement_has_no_invoice_and_its_page_names_no_sum(client: Visitor, pay: Pay) -> None:
    number = pay()
    with host.unit() as session:
        session.execute(update(Order).where(Order.number == number).values(kind="replacement", total_amount=0))
    assert "invoice.pdf" not in client.get(f"/orders/{token_of(number)}").text


def test_the_slip_lists_what_is_to_be_packed_then_what_is_in_the_parcel(
    staff: Staff, pay: Pay, ship: Callable[[str], None], now: datetime
) -> None:
    number = pay()
    page = f"/admin/orders/{number}/packing-slip.pdf"
    assert "No lot is set aside yet" in text_of(staff.get(page))
    order_id = order_by_number(host.session(), number).id
    host.end_reads()
    parcels.start_packing([order_id], actor="staff:1", now=now)
    assert "LOT-SERUM-3M" in text_of(staff.get(page))
    ship(number)
    for path in (page, f"{page}?parcel=1"):
        assert "LOT-SERUM-3M, good until" in text_of(staff.get(path))
    for parcel in ("2", "0", "-1", "x", "", "9" * 30):
        assert staff.get(f"{page}?parcel={parcel}").status_code == 404


@pytest.mark.usefixtures("registered")
def test_the_orders_page_breaks_the_money_down_and_leads_to_its_papers(client: Visitor, pay: Pay) -> None:
    number = pay(26395, shipping_amount=395, shipping_method="Tracked 48", discount=2700, discount_code="SPRING")
    give_back(number, 1000)
    page = client.get(f"/orders/{token_of(number)}")
    said = words(page)
    for fact in ("Mesotherapy kit £287.00", "Discount SPRING −£27.00", "Delivery, Tracked 48 £3.95", "Paid £263.95",
                 "VAT at 20% is included: £43.99.", "Credit note CN-000001 over £10.00 (PDF)"):  # fmt: skip
        assert fact in said, (fact, said)
    assert f'href="/orders/{token_of(number)}/invoice.pdf"' in page.text


@pytest.mark.usefixtures("unregistered")
def test_the_orders_page_of_a_shop_that_is_not_registered_says_so(client: Visitor, pay: Pay) -> None:
    said = words(client.get(f"/orders/{token_of(pay(8900, None))}"))
    assert "We are not registered for VAT, so no VAT is charged." in said


def test_the_orders_page_asks_no_more_of_the_database_however_many_lines_it_has(client: Visitor, pay: Pay) -> None:
    number = pay()
    page = f"/orders/{token_of(number)}"
    client.get(page)
    with counted(host.engine()) as one_line:
        assert client.get(page).status_code == 200
    with host.unit() as session:
        line = order_by_number(session, number).lines[0]
        same = {name: getattr(line, name) for name in OrderLine.__table__.columns.keys() if name != "id"}  # noqa: SIM118
        session.add_all(OrderLine(**same) for _ in range(9))
    with counted(host.engine()) as ten_lines:
        assert client.get(page).text.count('id="line-') == 10
    assert len(ten_lines) == len(one_line)


def test_the_admins_page_of_an_order_leads_to_its_papers(staff: Staff, pay: Pay, ship: Callable[[str], None]) -> None:
    number = pay()
    give_back(number, 100)
    page = f"/admin/orders/{number}"
    assert f'href="{page}/packing-slip.pdf"' in staff.get(page).text
    ship(number)
    for paper in ("invoice.pdf", "credit-notes/1.pdf", "packing-slip.pdf?parcel=1"):
        assert f'href="{page}/{paper}"' in staff.get(page).text


def test_a_buyer_who_was_taken_away_leaves_an_invoice_that_opens(client: Visitor, pay: Pay) -> None:
    from shop.papers.tables import DocumentBuyer

    number = pay()
    with host.unit() as session:
        session.execute(delete(DocumentBuyer))
    answer = client.get(f"/orders/{token_of(number)}/invoice.pdf")
    assert "Ada" not in text_of(answer)
