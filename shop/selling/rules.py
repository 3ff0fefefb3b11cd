"""What holds for every order: the VAT, the shipping table, the terms. Read together with what is bought."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from kits import reads
from kits.catalogue import offers
from kits.catalogue.kits import PricedKit
from shop.owner import facts, pages
from shop.owner.facts import Facts
from shop.owner.pages import PageText
from shop.selling import shipping
from shop.selling.shipping import Zone

_RULES = {"fact": facts.READ, "terms": pages.newest("terms"), **shipping.reads()}
_RULES_READ = reads.together(_RULES)
_ALL_READ = reads.together({**offers.reads(), **_RULES})


@dataclass(frozen=True)
class Rules:
    """The rules as they stand at one moment."""

    facts: Facts
    zones: tuple[Zone, ...]
    terms: PageText


def read(session: Session) -> Rules:
    """The rules alone, in one statement."""
    return _rules(reads.run(session, _RULES_READ))


def read_with(session: Session, slugs: Iterable[str], now: datetime) -> tuple[dict[str, PricedKit], Rules]:
    """The kits on sale under these slugs, with their prices, parts and notices, and the rules: in one statement."""
    found = reads.run(session, _ALL_READ, **offers.given(slugs, now))
    return offers.told(session, found), _rules(found)


def _rules(found: reads.Found) -> Rules:
    return Rules(facts.told(found.get("fact", ())), shipping.zones(found), pages.told("terms", found.get("terms", ())))
