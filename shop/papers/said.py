"""What an invoice and a credit note say. Pure; amounts in minor units.

The fields are those of HMRC VAT Notice 700: section 16.3 for a full VAT
invoice, 16.6 for a simplified one (retail supplies of up to 250 pounds,
VAT included), 18.2 for a credit note.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NotRequired, TypedDict

from shop.orders.tables import Order, OrderLine
from shop.owner.facts import Facts
from shop.selling.vat import vat_in
from shop.templating import country

FULL, SIMPLIFIED, PLAIN = "full", "simplified", "plain"
SIMPLIFIED_UP_TO = 250_00
"""Pence, VAT included."""


class Trader(TypedDict):
    """Who sells; `vat_number` is empty for a shop that is not registered."""

    name: str
    address: str
    email: str
    phone: str
    company_number: str
    vat_number: str


class Said(TypedDict):
    """A document, but for its own number and whom it is for.

    `form` is full, simplified or plain (no VAT). `rate` is the VAT in
    thousandths of the net price, None for a shop that is not registered. The
    lines' `gross` and `vat` add up to the document's. `supplied_on`, the tax
    point, is the day of the payment, which comes before the goods leave.
    """

    form: str
    trader: Trader
    order: str
    currency: str
    issued_on: str
    supplied_on: str
    paid_by: str
    lines: list[SaidLine]
    discount_code: str | None
    rate: int | None
    gross: int
    vat: int
    credits: NotRequired[Credited]


class SaidLine(TypedDict):
    """`quantity` of a thing: `unit` and `unit_vat` each, `discount` off the line, `gross` and `vat` what remains."""

    what: str
    quantity: int
    unit: int
    unit_vat: int
    discount: int
    gross: int
    vat: int


class Credited(TypedDict):
    """The invoice that a credit note belongs to, and why money went back."""

    invoice: str
    issued_on: str
    reason: str


def invoice(order: Order, facts: Facts, *, shop: str, paid_by: str, issued_on: str, supplied_on: str) -> Said:
    """What the invoice of a paid order says. `shop` is its name where the owner gave none; days in ISO form."""
    lines = [_line(order, line) for line in order.lines] + _shipping(order)
    return Said(
        form=form(order.vat_permille, order.total_amount, order.currency),
        trader=trader(facts, shop, registered=order.vat_permille is not None),
        order=order.number,
        currency=order.currency,
        issued_on=issued_on,
        supplied_on=supplied_on,
        paid_by=paid_by,
        lines=lines,
        discount_code=order.discount_code,
        rate=order.vat_permille,
        gross=order.total_amount,
        vat=order.vat_amount,
    )


def credit_note(invoiced: Said, credited: Credited, amount: int, vat: int, *, issued_on: str) -> Said:
    """What a credit note over `amount`, `vat` of it VAT, says: the invoice's lines, or the part that goes back."""
    whole = amount == invoiced["gross"]
    lines = invoiced["lines"] if whole else [_part(invoiced, amount, vat)]
    return {**invoiced, "lines": lines, "gross": amount, "vat": vat, "issued_on": issued_on, "credits": credited}


def form(rate: int | None, gross: int, currency: str) -> str:
    """Which invoice an order of `gross` needs."""
    if rate is None:
        return PLAIN
    return SIMPLIFIED if currency == "GBP" and gross <= SIMPLIFIED_UP_TO else FULL


def vat_to_credit(gross: int, vat: int, before: Sequence[tuple[int, int]], amount: int) -> int:
    """The VAT in the next `amount` given back of an invoice over `gross` with `vat`.

    `before`: amount and VAT of each credit note of it so far. Each is reckoned
    from the sum of all, so that they end at the invoice's VAT to the penny.
    """
    given = sum(each for each, _ in before) + amount
    return (2 * vat * given + gross) // (2 * gross) - sum(each for _, each in before)


def trader(facts: Facts, shop: str, *, registered: bool) -> Trader:
    """Who sells, as the owner wrote it down."""
    return Trader(
        name=facts.trader_name or shop,
        address=facts.trader_address,
        email=facts.trader_email,
        phone=facts.trader_phone,
        company_number=facts.company_number,
        vat_number=facts.vat_number if registered else "",
    )


def percent(permille: int) -> str:
    """A rate of VAT as it is written: `20%`, `17.5%`."""
    return f"{permille / 10:g}%"


def address_of(order: Order) -> list[str]:
    """Where an order goes, line by line, without the name."""
    lines = (order.line1, order.line2, f"{order.city} {order.postcode}", country(order.country))
    return [line for line in lines if line.strip()]


def title_of(order: Order, line: OrderLine) -> str:
    """What was bought, in words."""
    return f"Refill {order.refill_number} of your plan: {line.title}" if order.kind == "refill" else line.title


def _line(order: Order, line: OrderLine) -> SaidLine:
    return SaidLine(
        what=title_of(order, line),
        quantity=line.quantity,
        unit=line.unit_amount,
        unit_vat=vat_in(line.unit_amount, order.vat_permille),
        discount=line.discount_amount,
        gross=line.amount - line.discount_amount,
        vat=line.vat_amount,
    )


def _shipping(order: Order) -> list[SaidLine]:
    if not order.shipping_method and not order.shipping_amount:
        return []
    what = f"Delivery: {order.shipping_method}" if order.shipping_method else "Delivery"
    cost, vat = order.shipping_amount, order.shipping_vat
    return [SaidLine(what=what, quantity=1, unit=cost, unit_vat=vat, discount=0, gross=cost, vat=vat)]


def _part(invoiced: Said, amount: int, vat: int) -> SaidLine:
    what = "A part of: " + ", ".join(line["what"] for line in invoiced["lines"])
    return SaidLine(what=what, quantity=1, unit=amount, unit_vat=vat, discount=0, gross=amount, vat=vat)
