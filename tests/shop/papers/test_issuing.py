"""One invoice for the payment that paid an order, one credit note for each refund of it; both stay as they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from kits import clock, host
from kits.errors import NotFound
from shop.orders.find import order_by_number
from shop.orders.tables import Order
from shop.owner import facts
from shop.papers.issuing import catch_up
from shop.papers.tables import Document, DocumentBuyer, DocumentCounter
from shop.payments.giving_back import refunds
from shop.payments.tables import Payment, Refund
from tests.journeys.conftest import driver, travel  # noqa: F401
from tests.journeys.driving import Driver
from tests.shop.papers.conftest import VAT_NUMBER, give_back, issued, settle_one

Pay = Callable[..., str]


def forget_papers() -> None:
    """As if nothing had been issued yet: orders of before papers were kept."""
    with host.unit() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("ALTER TABLE shop_document DISABLE TRIGGER USER"))
        else:
            session.execute(text("DROP TRIGGER shop_document_no_delete"))
        for table in (DocumentBuyer, Document, DocumentCounter):
            session.execute(delete(table))
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("ALTER TABLE shop_document ENABLE TRIGGER USER"))


def id_of(number: str) -> int:
    found = order_by_number(host.session(), number).id
    host.end_reads()
    return found


@pytest.mark.usefixtures("registered")
def test_an_invoice_says_what_was_sold_to_whom_and_the_vat_in_it(pay: Pay, now: datetime) -> None:
    number = pay(30395, shipping_amount=395, shipping_method="Tracked 48", discount=1000, discount_code="SPRING")
    (invoice,) = issued()
    assert (invoice.order, invoice.gross, invoice.vat) == (number, 30395, 5000 + 66)
    assert invoice.buyer == ("Ada Lovelace", ["1 High Street", "London N1 1AA", "United Kingdom"])
    says = invoice.says
    assert (says["form"], says["rate"], says["trader"]["vat_number"]) == ("full", 200, VAT_NUMBER)
    assert says["supplied_on"] == says["issued_on"] == clock.today(now).isoformat()
    assert [(line["gross"], line["vat"], line["discount"]) for line in says["lines"]] == [
        (30000, 5000, 1000),
        (395, 66, 0),
    ]
    assert sum(line["gross"] for line in says["lines"]) == says["gross"]
    assert sum(line["vat"] for line in says["lines"]) == says["vat"]


@pytest.mark.usefixtures("registered")
def test_up_to_250_pounds_an_invoice_is_simplified_and_full_from_a_penny_more(pay: Pay) -> None:
    pay(25000), pay(25001)
    assert [each.says["form"] for each in issued()] == ["simplified", "full"]


@pytest.mark.usefixtures("unregistered")
def test_a_shop_that_is_not_registered_states_no_vat_at_any_amount(pay: Pay) -> None:
    pay(8900, None), pay(99900, None)
    assert [(each.says["form"], each.vat, each.says["trader"]["vat_number"]) for each in issued()] == [
        ("plain", 0, "")
    ] * 2


@pytest.mark.usefixtures("registered")
def test_what_was_issued_stays_as_it_was_whatever_changes_later(pay: Pay, now: datetime) -> None:
    number = pay()
    before = issued()
    facts.change({"trader_name": "Another Ltd", "vat_number": ""}, actor="staff:1", now=now)
    with host.unit() as session:
        session.execute(update(Order).where(Order.number == number).values(name="Someone", line1="elsewhere"))
    catch_up(id_of(number), now=now)
    assert issued() == before


@pytest.mark.parametrize(
    "attempt", [update(Document).values(number=7), delete(Document), text("UPDATE shop_document SET id = id")]
)
def test_the_database_refuses_to_change_or_delete_a_document(pay: Pay, attempt: Any) -> None:
    pay()
    before = issued()
    with pytest.raises(DBAPIError, match="shop_document is append-only"), host.unit() as session:
        session.execute(attempt)
    assert issued() == before


def test_settling_twice_issues_one_invoice(pay: Pay, now: datetime) -> None:
    number = pay()
    settle_one(number, now)
    assert len(issued()) == 1


def test_money_that_came_twice_goes_back_without_invoice_and_credit_note(pay: Pay, now: datetime) -> None:
    number = pay()
    with host.unit() as session:
        order = order_by_number(session, number)
        twice = Payment(order_id=order.id, intent_id="pi_2", amount=8900, currency="GBP", paid_at=now)
        session.add(twice)
        session.flush()
        refund = refunds.ask(session, twice, 8900, reason="paid twice", now=now)
        refund.state = "succeeded"
        session.flush()
        assert refunds.issue_credit_note(session, refund, now=now) is None
    assert (len(issued()), issued("credit_note")) == (1, [])


def test_kit_refill_and_refund_have_their_papers_through_the_gateway_and_back(driver: Driver) -> None:  # noqa: F811
    bought = driver.buy()
    driver.until_due(bought)
    driver.work()
    kit, refill = issued()
    assert (kit.order, kit.says["lines"][0]["what"]) == (bought.number, "Mesotherapy kit")
    assert refill.says["lines"][0]["what"] == "Refill 1 of your plan: Mesotherapy kit"
    with host.unit() as session:
        payment = session.scalars(select(Payment).where(Payment.order_id == bought.order_id)).one()
        refunds.ask(session, payment, 900, reason="a dent", now=clock.now())
    driver.work()
    (note,) = issued("credit_note")
    assert (note.gross, note.says["credits"]["invoice"], note.says["credits"]["reason"]) == (900, kit.code, "a dent")


def test_a_payment_that_came_too_late_has_neither_invoice_nor_credit_note(driver: Driver) -> None:  # noqa: F811
    order = driver.order()
    page = driver.pay(driver.page(order.order_id))
    with host.unit() as session:
        session.execute(update(Order).values(state="cancelled"))
        session.execute(text("UPDATE kits_lot SET on_hand = 0"))
        session.execute(text("UPDATE kits_reservation SET state = 'released'"))
    from shop.payments.settle import settle_page

    settle_page(page, now=clock.now())
    driver.work()
    session = host.session()
    assert session.scalars(select(Refund.state)).all() == ["succeeded"]
    host.end_reads()
    assert (issued(), issued("credit_note")) == ([], [])
    with pytest.raises(NotFound):
        catch_up(order.order_id, now=clock.now())


def test_orders_of_before_papers_were_kept_get_them_when_they_are_asked_for(pay: Pay, now: datetime) -> None:
    old, older = pay(), pay()
    give_back(older, 900), give_back(older, 8000)
    forget_papers()
    for number in (older, old, older):
        catch_up(id_of(number), now=now)
    assert [each.order for each in issued()] == [older, old]
    assert [each.gross for each in issued("credit_note")] == [900, 8000]


def test_many_who_ask_for_an_old_invoice_at_once_get_the_one(
    pay: Pay, now: datetime, at_once: Callable[..., list[Any]]
) -> None:
    order_id = id_of(pay())
    forget_papers()
    assert at_once([partial(catch_up, order_id, now=now)] * 6) == [None] * 6
    assert [each.number for each in issued()] == [1]
    with host.unit() as session:
        assert session.scalars(select(DocumentCounter.last)).all() == [1]


def test_the_credit_notes_of_many_refunds_at_once_add_up_to_the_invoice(
    pay: Pay, at_once: Callable[..., list[Any]]
) -> None:
    number = pay(8900)
    assert not [each for each in at_once([partial(give_back, number, 890)] * 10) if isinstance(each, Exception)]
    notes = issued("credit_note")
    assert (sum(each.gross for each in notes), sum(each.vat for each in notes)) == (8900, issued()[0].vat)


def test_a_refund_that_came_back_is_credited_once_though_it_is_given_anew(pay: Pay) -> None:
    number = pay(8900)
    came_back = give_back(number, 900)
    with host.unit() as session:
        session.execute(update(Refund).where(Refund.id == came_back).values(state="failed"))
    give_back(number, 900)
    assert [each.gross for each in issued("credit_note")] == [900]
    give_back(number, 8000)
    assert [each.gross for each in issued("credit_note")] == [900, 8000]
    assert sum(each.vat for each in issued("credit_note")) == issued()[0].vat
