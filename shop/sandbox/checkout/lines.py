"""What a Checkout Session sells."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from shop.sandbox.errors import BadParameter, missing
from shop.sandbox.payments.amounts import check_currency
from shop.sandbox.store.documents import Document, Unit
from shop.sandbox.store.identifiers import new_id

MOST_LINES = 100


def build_lines(unit: Unit, lines: list[dict[str, Any]]) -> list[Document]:
    """The lines as Stripe shows them; all in one currency."""
    if not 1 <= len(lines) <= MOST_LINES:
        raise BadParameter(f"You must provide 1 to {MOST_LINES} line items.", param="line_items")
    built = [_line(unit, line, f"line_items[{index}]") for index, line in enumerate(lines)]
    if len({line["currency"] for line in built}) > 1:
        raise BadParameter("All line items must have the same currency.", param="line_items")
    return built


def _line(unit: Unit, line: dict[str, Any], place: str) -> Document:
    if "price" in line:
        raise missing("price", line["price"], f"{place}[price]")
    if "price_data" not in line:
        message = f"You must specify either `price` or `price_data` for `{place}`."
        raise BadParameter(message, code="parameter_missing", param=place)
    if line.get("quantity", 0) < 1:
        message = f"Quantity is required. Add `quantity` to `{place}`"
        raise BadParameter(message, code="parameter_missing", param=f"{place}[quantity]")
    price = _price(unit, line["price_data"], f"{place}[price_data]")
    amount = price["unit_amount"] * line["quantity"]
    return {
        "id": new_id("li"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"],
        "description": line["price_data"]["product_data"]["name"],
        "metadata": line.get("metadata", {}),
        "price": price,
        "quantity": line["quantity"],
    }


def _price(unit: Unit, data: dict[str, Any], place: str) -> Document:
    if "product" in data:
        raise missing("product", data["product"], f"{place}[product]")
    if "product_data" not in data:
        message = f"Missing required param: {place}[product_data]."
        raise BadParameter(message, code="parameter_missing", param=f"{place}[product_data]")
    if "recurring" in data:
        message = "You must use `subscription` mode with recurring prices; the sandbox plays one-off prices only."
        raise BadParameter(message, param=f"{place}[recurring]")
    amount = _unit_amount(data, place)
    return {
        "id": new_id("price"),
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": unit.now,
        "currency": check_currency(data["currency"]),
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": new_id("prod"),
        "recurring": None,
        "tax_behavior": data.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": amount,
        "unit_amount_decimal": data.get("unit_amount_decimal", str(amount)),
    }


def _unit_amount(data: dict[str, Any], place: str) -> int:
    try:
        amount = Decimal(data.get("unit_amount_decimal", data.get("unit_amount", "")))
        whole = int(amount.quantize(Decimal(1), ROUND_HALF_UP))
    except InvalidOperation:
        message = f"Missing required param: {place}[unit_amount]."
        raise BadParameter(message, code="parameter_missing", param=f"{place}[unit_amount]") from None
    if whole < 0:
        message = "This value must be greater than or equal to 0."
        raise BadParameter(message, code="parameter_invalid_integer", param=f"{place}[unit_amount]")
    return whole
