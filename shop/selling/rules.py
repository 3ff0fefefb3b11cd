"""What holds for every order: the VAT, the shipping table, the terms. Read together with what is bought."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from kits import reads
from kits.catalogue import offers
from kits.catalogue.kits import PricedKit
from kits.host import Reader, aside
from kits.steady import Steady
from kits.stock.promises import looks
from kits.stock.promises.looks import Look
from shop.owner import facts, pages
from shop.owner.facts import Facts
from shop.owner.pages import PageText
from shop.selling import shipping
from shop.selling.shipping import Zone

_RULES = {"fact": facts.READ, "terms": pages.newest("terms"), **shipping.reads()}
_RULES_READ = Steady(_RULES)
_ALL_READ = Steady({**offers.reads(), **_RULES})
_LOOK = looks.statement(**_RULES)
_ANY_TIME = datetime(1970, 1, 1, tzinfo=UTC)
"""The rules do not depend on the time."""


@dataclass(frozen=True)
class Rules:
    """The rules as they stand at one moment."""

    facts: Facts
    zones: tuple[Zone, ...]
    terms: PageText


def read(reader: Reader) -> Rules:
    """The rules alone, in one statement."""
    found, _ = _RULES_READ.run(reader, _ANY_TIME)
    return _rules(found)


def read_with(reader: Reader, slugs: Iterable[str], now: datetime) -> tuple[Mapping[str, PricedKit], Rules]:
    """The kits on sale under these slugs, with their prices, parts and notices, and the rules: in one statement."""
    found, _ = _ALL_READ.run(reader, **offers.given(slugs, now))
    return offers.told(reader, found), _rules(found)


def look_with(reader: Reader, slugs: Collection[str]) -> tuple[Look, Rules]:
    """The time, the kits and their shelves, and the rules: what the checkout begins with, in one statement."""
    found = looks.look(reader, _LOOK, slugs)
    return found, _rules(found.raw)


def countries() -> list[str]:
    """The codes of the countries we deliver to, for a form; opens no transaction of the caller's."""
    with aside() as connection:
        return shipping.countries(read(connection).zones)


@lru_cache(reads.REMEMBERED)
def _rules(raw: reads.Raw) -> Rules:
    found = reads.rows(raw)
    return Rules(facts.told(found.get("fact", ())), shipping.zones(found), pages.told("terms", found.get("terms", ())))
