"""What the owner's forms hand in. How long a text may be is the domain's to say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from marshmallow import ValidationError, fields, validate, validates_schema

from kits.settings import currency
from shop.orders.checkout import EMAIL
from shop.storefront.forms import Form, words

LONGEST_FACT = 200
VAT_NUMBER = re.compile(r"(?:GB|XI)(?:\d{9}|\d{12}|GD\d{3}|HA\d{3})", re.ASCII)
COMPANY_NUMBER = re.compile(r"(?:\d{8}|[A-Z]{2}\d{6})", re.ASCII)
PERCENT = re.compile(r"(?:\d{1,2}(?:\.\d)?|100(?:\.0)?)", re.ASCII)
POUNDS = re.compile(r"\d{1,6}(?:\.\d{1,2})?", re.ASCII)
PHONE = re.compile(r"\+?[\d ()-]{6,30}", re.ASCII)
NO_PERCENTAGE = "Give the percentage, from 0 to 100, with one decimal at most, like 20 or 12.5."
NO_SUM = "Give the sum in pounds, like 150 or 149.50; leave it empty to compare nothing."
BOTH = "The figure and its source belong together: give both, or leave both empty."


class PageForm(Form):
    """A page's text. `instead_of` is the version its writer saw; `step` is what the button says."""

    title = fields.String(load_default="")
    text = fields.String(load_default="")
    instead_of = words()
    step = words()


class KitTextsForm(Form):
    """A kit's texts. `seen` tells which ones their writer saw."""

    summary = fields.String(load_default="")
    description = fields.String(load_default="")
    how_to_use = fields.String(load_default="")
    cleaning = fields.String(load_default="")
    results = fields.String(load_default="")
    seen = words()
    step = words()


class SaleForm(Form):
    """Whether a kit is to be on sale."""

    published = fields.Boolean(
        required=True, error_messages={"required": "Choose one of the two.", "invalid": "Choose one of the two."}
    )


def fact(form: re.Pattern[str] | None = None, sentence: str = "", *, lines: bool = False) -> fields.String:
    """A line of text that may stay empty; what is typed must be of the `form`, else it gets `sentence`."""

    def check(text: str) -> None:
        if not text.replace("\n", "" if lines else "\n").isprintable():
            raise ValidationError("This holds a sign that we cannot read. Please type it again.")
        if text and form is not None and not form.fullmatch(text):
            raise ValidationError(sentence)

    too_long = validate.Length(max=LONGEST_FACT, error=f"Keep it under {LONGEST_FACT} characters.")
    return Tidy(load_default="", validate=validate.And(too_long, check))


class Tidy(fields.String):
    """Text without spaces around it or doubled, line by line, and without empty lines."""

    def _deserialize(self, value: Any, *about: Any, **more: Any) -> Any:
        text = super()._deserialize(value, *about, **more)
        lines = (re.sub(r"[ \t\xa0]+", " ", line).strip() for line in re.split(r"\r\n|\r|\n", text))
        return "\n".join(line for line in lines if line)


class FactsForm(Form):
    """All facts, as a person writes them: sums in pounds, VAT in percent. `seen` tells which ones they saw."""

    trader_name = fact()
    trader_address = fact(lines=True)
    trader_email = fact(EMAIL, "Give an e-mail address like name@example.org.")
    trader_phone = fact(PHONE, "Give a telephone number like 020 7946 0000.")
    company_number = fact(COMPANY_NUMBER, "Give the number as Companies House writes it, like 01234567 or SC123456.")
    vat_number = fact(VAT_NUMBER, "Give GB or XI and 9 or 12 digits, like GB123456789.")
    vat_percent = fact(PERCENT, NO_PERCENTAGE)
    clinic_pounds = fact(POUNDS, NO_SUM)
    clinic_source = fact()
    seen = words()

    @validates_schema
    def _both(self, given: Mapping[str, str], **about: Any) -> None:
        if bool(given.get("clinic_pounds")) != bool(given.get("clinic_source")):
            raise ValidationError(BOTH, "clinic_source" if given.get("clinic_pounds") else "clinic_pounds")


def tidied(given: Mapping[str, str]) -> dict[str, str]:
    """The numbers as people also write them: `gb 123 4567 89`, `£1,500`, `20 %`."""
    found = dict(given)
    for name in ("vat_number", "company_number"):
        found[name] = re.sub(r"[ .-]", "", found.get(name, "")).upper()
    found["vat_percent"] = found.get("vat_percent", "").replace("%", "").strip()
    found["clinic_pounds"] = re.sub(r"[£, ]", "", found.get("clinic_pounds", ""))
    return found


def as_facts(read: Mapping[str, str]) -> dict[str, Any]:
    """The facts that a form says, for `shop.owner.facts.change`."""
    plain = {name: read[name] for name in read if name not in ("vat_percent", "clinic_pounds", "seen")}
    pounds = Decimal(read["clinic_pounds"] or 0).scaleb(get_currency_precision(currency()))
    return {
        **plain,
        "vat_permille": int(Decimal(read["vat_percent"]) * 10) if read["vat_percent"] else 200,
        "clinic_session": int(pounds),
    }
