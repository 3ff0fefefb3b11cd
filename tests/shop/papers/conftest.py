"""Orders sold with and without VAT, what was issued for them, and what their PDFs say."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from kits import clock, host
from shop.orders.find import locked, order_by_number
from shop.orders.tables import Order, OrderLine
from shop.owner import facts
from shop.papers.tables import Document
from shop.payments import settle
from shop.payments.giving_back import refunds
from shop.payments.giving_back.refunds import issue_credit_note
from shop.payments.tables import Payment
from shop.selling.vat import vat_in
from tests.shop.admin.conftest import Staff, paid_intent, place_one, staff  # noqa: F401

TRADER = {
    "trader_name": "Refillery Ltd",
    "trader_address": "12 Sample Street\nLondon SE1 6HA",
    "trader_email": "help@refillery.example",
    "company_number": "01234567",
}
VAT_NUMBER = "GB123456789"


@pytest.fixture
def registered(app: Any, now: datetime) -> None:
    """The shop is registered for VAT."""
    facts.change({**TRADER, "vat_number": VAT_NUMBER}, actor="staff:1", now=now)


@pytest.fixture
def unregistered(app: Any, now: datetime) -> None:
    """The shop is not registered for VAT, and has said who it is."""
    facts.change(TRADER, actor="staff:1", now=now)


@pytest.fixture
def place(stocked: str, now: datetime) -> Callable[..., str]:
    """`place(gross=8900, rate=200)` places an order that costs so much, VAT in it; its number."""

    def make(gross: int = 8900, rate: int | None = 200, **columns: Any) -> str:
        number = place_one(stocked, now)
        goods = gross - columns.get("shipping_amount", 0) + columns.pop("discount", 0)
        discount = goods + columns.get("shipping_amount", 0) - gross
        vat, shipping_vat = vat_in(goods - discount, rate), vat_in(columns.get("shipping_amount", 0), rate)
        money = {"total_amount": gross, "vat_permille": rate, "vat_amount": vat + shipping_vat}
        with host.unit() as session:
            order = order_by_number(session, number)
            line = {"unit_amount": goods, "discount_amount": discount, "vat_amount": vat}
            session.execute(update(OrderLine).where(OrderLine.order_id == order.id).values(**line))
            changed = {**money, "shipping_vat": shipping_vat, **columns}
            session.execute(update(Order).where(Order.id == order.id).values(**changed))
        return number

    return make


@pytest.fixture
def pay(place: Callable[..., str], now: datetime) -> Callable[..., str]:
    """`pay()` places an order as `place` does and settles it; its number."""

    def make(*args: Any, **columns: Any) -> str:
        number = place(*args, **columns)
        settle_one(number, now)
        return number

    return make


def settle_one(number: str, now: datetime) -> None:
    """As if the gateway had said that the order is paid."""
    total = order_by_number(host.session(), number).total
    host.end_reads()
    intent = paid_intent(number)
    settle.settle(type(intent)(**{**vars(intent), "amount": total, "received": total.amount}), now=now)


def give_back(number: str, amount: int, reason: str = "withdrawn") -> int:
    """A refund that the gateway has given, as `refunds.send` notes it; its id."""
    with host.unit() as session:
        order = locked(session, order_by_number(session, number).id)
        payment = session.scalars(select(Payment).where(Payment.order_id == order.id)).one()
        refund = refunds.ask(session, payment, amount, reason=reason, now=clock.now())
        refund.state = "succeeded"
        session.flush()
        issue_credit_note(session, refund, now=clock.now())
        return refund.id


def issued(kind: str = "invoice") -> list[SimpleNamespace]:
    """Every document of the kind by number, as plain values."""
    rows = host.session().scalars(select(Document).where(Document.kind == kind).order_by(Document.number))
    found = [
        SimpleNamespace(
            code=row.code, number=row.number, gross=row.gross_amount, vat=row.vat_amount, says=row.snapshot,
            order=row.order.number, buyer=(row.buyer.name, row.buyer.address),
        )
        for row in rows
    ]  # fmt: skip
    host.end_reads()
    return found


def text_of(content: bytes | TestResponse) -> str:
    """The words of a PDF in one line."""
    raw = content if isinstance(content, bytes) else content.data
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(raw)).pages).split())


def token_of(number: str) -> str:
    """The order's unguessable link."""
    found = order_by_number(host.session(), number).token
    host.end_reads()
    return found
