"""The cells of a list of deliveries: what is written in one, as a value. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from dateutil.parser import parserinfo

from kits.errors import BadInput
from kits.stock.limits import LONGEST_CODE, LONGEST_NAME, MOST_UNITS

# "0,001" is a thousandth to half of Europe, so a group of thousands begins with no nought.
WHOLE = re.compile(r"[0-9]{1,9}|[1-9][0-9]{0,2}(,[0-9]{3}){1,2}")
YEAR_FIRST = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})")
DAY_FIRST = re.compile(
    r"(?P<day>[0-9]{1,2})(?:(?P<cut>[/.])(?P<month>[0-9]{1,2})(?P=cut)|[ -](?P<name>[A-Za-z]{3,9})[ -])"
    r"(?P<year>[0-9]{4}|[0-9]{2})"
)
NAMES = parserinfo()


def sku(value: str) -> str:
    """An item's SKU as it stands; whether there is such an item is not asked. Raises BadInput."""
    if not value or not value.isprintable() or len(value) > LONGEST_NAME:
        raise BadInput("sku", "Give the item's SKU as it stands on the stock page.")
    return value


def lot(value: str) -> str:
    """A lot's code of 1 to 60 characters on one line. Raises BadInput."""
    if not value or not value.isprintable() or len(value) > LONGEST_CODE:
        raise BadInput("lot", f"Give the lot's code, up to {LONGEST_CODE} characters on one line.")
    return value


def quantity(value: str) -> int:
    """Whole units from 1 to 1,000,000, a comma between thousands or none. Raises BadInput."""
    count = int(value.replace(",", "")) if WHOLE.fullmatch(value) else 0
    if not 1 <= count <= MOST_UNITS:
        said = f"{shown(value) or 'Nothing'} is no whole number from 1 to {MOST_UNITS:,}."
        raise BadInput("quantity", f"{said} Write it like 12.")
    return count


def expires(value: str) -> date:
    """A day as 2027-05-31, 31/05/2027, 31.05.2027 or 31 May 2027, the day before the month. Raises BadInput."""
    found = YEAR_FIRST.fullmatch(value) or DAY_FIRST.fullmatch(value)
    if found and len(found["year"]) == 2:
        raise BadInput("expires", f"{value} has a year of two digits. Write it like 2027-05-31.")
    day = _day(**found.groupdict()) if found else None
    if day is None:
        raise BadInput("expires", f"{shown(value) or 'Nothing'} is no day. Write it like 2027-05-31.")
    return day


def supplier(value: str) -> str:
    """A supplier's name on one line, or blank. Raises BadInput."""
    return _one_line("supplier", value)


def purchase_order(value: str) -> str:
    """A purchase order's number on one line, or blank. Raises BadInput."""
    return _one_line("purchase_order", value)


def shown(value: str) -> str:
    """A value short enough, and fit, to stand in a sentence."""
    fit = "".join(each if each.isprintable() else "?" for each in value[:41])
    return fit if len(value) <= 40 else f"{fit[:39]}…"


def _one_line(field: str, value: str) -> str:
    line = " ".join(value.split())
    if not line.isprintable() or len(line) > LONGEST_NAME:
        raise BadInput(field, f"Write this with up to {LONGEST_NAME} letters, digits and signs.")
    return line


def _day(year: str, day: str, month: str | None = None, name: str | None = None, cut: str | None = None) -> date | None:
    number = int(month) if month else NAMES.month(name or "")
    try:
        return date(int(year), number or 0, int(day))
    except ValueError:
        return None


READERS: dict[str, Callable[[str], Any]] = {
    "sku": sku,
    "lot": lot,
    "quantity": quantity,
    "expires": expires,
    "supplier": supplier,
    "purchase_order": purchase_order,
}
