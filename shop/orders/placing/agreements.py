"""What a buyer agrees to beside the notice: the terms, and that the card is charged for the refills later."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from kits.dates import written
from kits.settings import setting
from shop.links import external
from shop.orders.basket import PricedLine, refills_total
from shop.owner.facts import Facts
from shop.owner.pages import PageText, plain
from shop.registers import registers
from shop.selling.rules import Rules

TERMS, REFILL_CHARGES, KEY_INFORMATION = "terms", "refill_charges", "key_information"
WORDING = "1"
"""The version of the sentence about refills; a new wording takes the next."""


@dataclass(frozen=True)
class KeyInformation:
    """What a buyer is told of the refills above the button: by which law (`version`), in these sentences."""

    version: str
    sentences: tuple[str, ...]


def key_information(follows: Sequence[PricedLine]) -> KeyInformation | None:
    """What the room that offers refills has us say of them; None without any, and where no room says anything."""
    say = registers().key_information
    return say(follows) if follows and say else None


def texts(lines: Sequence[PricedLine], rules: Rules) -> list[dict[str, str]]:
    """What is agreed to with this order: `kind`, `version`, `text` and `sha256` of each."""
    agreed = [dict(_terms(rules.terms, rules.facts, setting("NAME"), external("refillery_storefront.front")))]
    follows = [line for line in lines if line.refills]
    if follows:
        agreed.append(_agreed(REFILL_CHARGES, WORDING, refill_charges(follows)))
    if told := key_information(follows):
        agreed.append(_agreed(KEY_INFORMATION, told.version, "\n".join(told.sentences)))
    return agreed


@lru_cache(maxsize=32)
def _terms(terms: PageText, facts: Facts, shop_name: str, address: str) -> Mapping[str, str]:
    """The terms with their blanks filled: the same for order after order. The last two are what blanks say, too."""
    return _agreed(TERMS, terms.version, plain(terms.text, facts))


def refill_charges(follows: Sequence[PricedLine]) -> str:
    """The sentence by which a buyer lets us charge the card later: what, when, how much, how to end it."""
    each = "; and for ".join(_of_line(line, len(follows) > 1) for line in follows)
    return (
        f"By paying you agree that {setting('NAME')} charges the card you pay with for {each}; "
        f"{refills_total(follows)} in all, each charge after a mail to you at least 7 days before it. "
        "You can end this at any time, on your order’s page or from your account: "
        "what is not charged by then never will be."
    )


def _of_line(line: PricedLine, named: bool) -> str:
    days = line.plan.charge_days
    refills = "1 refill" if len(days) == 1 else f"{len(days)} refills"
    of = f" of the {line.offer.kit.name}" if named else ""
    return f"{refills}{of}, {line.refill_due}{' each' if len(days) > 1 else ''}, on about {_listed(days)}"


def _listed(days: Sequence[date]) -> str:
    *before, last = (written(day) for day in days)
    return f"{', '.join(before)} and {last}" if before else last


def _agreed(kind: str, version: str, text: str) -> dict[str, str]:
    return {"kind": kind, "version": version, "text": text, "sha256": hashlib.sha256(text.encode()).hexdigest()}
