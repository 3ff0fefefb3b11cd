"""What the forms of prices hand in; which prices and days there may be is the domain's to say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kits.errors import BadInput
from kits.money import Money, read_amount
from kits.settings import currency
from shop.admin.stock.forms import submission
from shop.orders.placing.due import LEAST_CHARGE, LEAST_ELSEWHERE
from shop.storefront.forms import Form, day, filled, taken, words

NO_DAY = "Choose the day from which it holds."
NO_PRICE = "Give the price, like 49 or 49.50."


class PlansForm(Form):
    """A new refill price for running plans; `step` is what the button says."""

    amount = filled(NO_PRICE)
    day = day(NO_DAY, required=True)
    submission = submission()
    step = words()


class BuyersForm(PlansForm):
    """A price for new buyers."""

    kind = words()


def read(form: type[Form], given: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, the amount in minor units; raises Wrong, and BadInput at `amount` for what no card pays."""
    found = taken(form, given)
    try:
        amount = read_amount(found["amount"], currency())
    except ValueError as error:
        raise BadInput("amount", NO_PRICE) from error
    least = Money(LEAST_CHARGE.get(currency(), LEAST_ELSEWHERE), currency())
    if amount < least.amount:
        raise BadInput("amount", f"A card cannot pay less than {least}. Give a higher price.")
    return {**found, "amount": amount}
