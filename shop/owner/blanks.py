"""Blanks in the owner's texts, `{trader_name}` and the like, that the shop's facts fill in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from flask import url_for

from kits.settings import setting
from shop.links import external
from shop.owner.facts import Facts

FACTS = {
    "shop_name": "the shop's name",
    "trader_name": "who trades, as in the shop facts",
    "trader_address": "the trader's address",
    "trader_email": "the trader's e-mail address",
    "trader_phone": "the trader's telephone number",
    "company_number": "the company's number",
    "vat_number": "the VAT number",
    "vat_words": "whether prices include VAT, in a sentence",
}
ADDRESSES = {
    "plan_page": "refillery_storefront.kits",
    "guide_page": "refillery_storefront.guide",
    "terms_page": "refillery_storefront.terms",
    "privacy_page": "refillery_storefront.privacy",
    "delivery_page": "refillery_storefront.delivery",
    "returns_page": "refillery_storefront.returns",
    "about_page": "refillery_storefront.about",
    "account_page": "refillery_account.home",
}
DRAWINGS = ("roller", "vial", "calendar", "capsule", "syringe", "stethoscope", "hourglass", "glass")
"""`{drawing_roller}` on a line of its own is that drawing on a page of the shop, and nothing in a mail."""
_BLANK = re.compile(r"\{([a-z_]+)\}")
_MARKS = re.compile(r"[\\`*_\[\]<>#|~&!]")


def filled(text: str, facts: Facts, *, mailed: bool = False) -> str:
    """The Markdown with its blanks filled; with `mailed` its links hold outside the shop, too.

    What the facts say is shown as it is: a star in a name stays a star. A
    line with a fact that the owner has not set is left out; a blank with a
    name we do not know stays as typed.
    """
    return _fill(text, facts, mailed, lambda value: _MARKS.sub(r"\\\g<0>", value))


def plain(text: str, facts: Facts) -> str:
    """The same for a reader of the text itself, in a mail or a file: nothing of the facts is escaped."""
    return _fill(text, facts, True, str)


def _fill(text: str, facts: Facts, mailed: bool, written: Callable[[str], str]) -> str:
    said = {name: written(value) for name, value in _said(facts).items()}
    said |= {f"drawing_{name}": "" for name in DRAWINGS} if mailed else {}
    lines = (line for line in text.splitlines() if all(said.get(name, "-") for name in _BLANK.findall(line)))
    return "\n".join(_BLANK.sub(lambda blank: _value(blank, said, mailed), line) for line in lines)


def _said(facts: Facts) -> Mapping[str, str]:
    known = {name: str(getattr(facts, name)) for name in FACTS if name != "shop_name"}
    name = str(setting("NAME"))
    known |= {"shop_name": name, "trader_name": facts.trader_name or name}
    known["trader_email"] = facts.trader_email or str(setting("MAIL_FROM"))
    return {name: ", ".join(value.split("\n")) for name, value in known.items()}


def _value(blank: re.Match[str], said: Mapping[str, str], mailed: bool) -> str:
    name = blank[1]
    if name in ADDRESSES:
        return external(ADDRESSES[name]) if mailed else url_for(ADDRESSES[name])
    return said.get(name, blank[0])
