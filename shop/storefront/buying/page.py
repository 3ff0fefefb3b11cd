"""What the checkout shows: the basket with all that it costs by the way that is chosen, the notices, what is agreed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template

from kits.catalogue.plan_line import plan_line
from kits.errors import BadInput, NotFound
from kits.host import Reader, aside
from shop.orders.basket import PricedLine, priced_of
from shop.orders.demands import short
from shop.orders.placing import agreements, rows
from shop.orders.placing.agreements import KeyInformation
from shop.orders.placing.due import Due, check_payable, reckon
from shop.remembered import for_visitor, remembered, rendered
from shop.selling import codes, rules, shipping
from shop.selling.rules import Rules
from shop.selling.totals import Discount
from shop.storefront import kept
from shop.storefront.in_basket.rows import Change, changes
from shop.templating import country

SUBMISSION = f"submission-{secrets.token_hex(16)}"
"""Stands in the form for the visitor's own mark."""


@dataclass(frozen=True)
class Asked:
    """A basket as the checkout asks for it to be paid: all that the page is made of but what is typed into it.

    `changed` are the prices that are others than when each line was put in, `lacking` the places of the lines that
    stock cannot meet, `key` is what the law has us say of the refills.
    """

    due: Due
    ruling: Rules
    changed: tuple[Change | None, ...]
    lacking: frozenset[int]
    key: KeyInformation | None


def page(values: Mapping[str, str], errors: Mapping[str, str]) -> tuple[str, bool] | None:
    """The form with what was typed, and whether all of it holds; None when the basket cannot be bought as it is.

    Raises BadInput when no parcel takes so much, NotFound for a kit without a notice.
    """
    wishes, found = kept.wishes(), dict(errors)
    with aside() as reader:
        look, ruling = rules.look_with(reader, [wish.kit for wish in wishes])
        try:
            lines = priced_of(look.kits, wishes, look.now)
        except (BadInput, NotFound):
            return None
        due = _due(reader, lines, ruling, values, found, look.now)
        lacking = short(reader, lines, look.today, look.shelves)
    key = agreements.key_information(due.follows)
    asked = Asked(due, ruling, tuple(changes(lines)), frozenset(lacking), key)
    html = for_visitor(_body(asked, values, found)) if values or found else _untouched(asked)
    body = html.replace(SUBMISSION, kept.submission())
    return render_template("shop/checkout.html", body=body), not found


@remembered
def _untouched(asked: Asked) -> str:
    """The form before anything was typed into it. What people type is never remembered."""
    return _body(asked, {}, {})


def _body(asked: Asked, values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    due, ruling = asked.due, asked.ruling
    return rendered(
        "shop/checkout_body.html",
        due=due,
        lines=[(line, None if line.loose else plan_line(line.plan)) for line in due.lines],
        changed=asked.changed,
        lacking=asked.lacking,
        values=values,
        errors=errors,
        notices=rows.notices(due),
        countries=[(code, country(code)) for code in shipping.countries(ruling.zones)],
        consent=agreements.refill_charges(due.follows) if due.follows else "",
        key=asked.key,
        terms=ruling.terms,
        submission=SUBMISSION,
        **_seen(due),
    )


def _due(
    reader: Reader,
    lines: list[PricedLine],
    ruling: Rules,
    values: Mapping[str, str],
    errors: dict[str, str],
    now: datetime,
) -> Due:
    """What is due as far as what was typed can be had; the rest as if it had been left alone, with its sentence.

    Raises BadInput when the basket can be sent nowhere.
    """
    home = shipping.countries(ruling.zones)[0]
    goes_to, way = values.get("country") or home, values.get("shipping") or None
    discount = _discount(reader, values, errors, now)
    try:
        offered = shipping.ways(ruling.zones, goes_to, sum(line.grams for line in lines))
    except BadInput as error:
        errors.setdefault("country", error.message)
        goes_to, offered = home, shipping.ways(ruling.zones, home, sum(line.grams for line in lines))
    way = way if way in {each.code for each in offered} else None
    try:
        due = reckon(lines, ruling, country=goes_to, way=way, discount=discount)
        check_payable(due)
    except BadInput as error:
        errors.setdefault(error.field, error.message)
        due = reckon(lines, ruling, country=goes_to, way=way)
    return due


def _discount(reader: Reader, values: Mapping[str, str], errors: dict[str, str], now: datetime) -> Discount | None:
    code = codes.written(values.get("discount"))
    try:
        return codes.look_up(reader, code, now) if code else None
    except BadInput as error:
        errors.setdefault(error.field, error.message)
        return None


def _seen(due: Due) -> dict[str, Any]:
    """What the form carries of the sums that stand beside it: due today by each way, and what is due later."""
    return {"due_by": {way.code: due.by(way) for way in due.ways}, "later": due.later.amount}
