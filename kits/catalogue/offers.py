"""The kits of a basket, read together with whatever else is asked for in the same statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from kits.catalogue import needles
from kits.catalogue.kits import (
    ALL,
    ITEM,
    KIT,
    LIMITS,
    NOTICE,
    PART,
    PRICES,
    PricedKit,
    as_of,
    offered,
    retired,
    successors,
)
from kits.catalogue.offered import OfferedItem
from kits.catalogue.tables import Kit, Price
from kits.host import Reader
from kits.reads import REMEMBERED, Raw, moment, rows
from kits.ready import one_of
from kits.steady import UNTIL, Steady
from kits.tables import UTCDateTime

_BEFORE_NOTICE = len(KIT) + len(LIMITS) + 2 * len(PRICES)
EFFECTIVE_FROM = _BEFORE_NOTICE + NOTICE.index("effective_from")
_BEFORE_ITEM = _BEFORE_NOTICE + len(NOTICE) + len(PART)
SEALED, RETIRED_AT = (_BEFORE_ITEM + ITEM.index(name) for name in ("sealed", "retired_at"))
"""Where in a row those values stand that JSON has no kind for."""


def reads() -> dict[str, Select[*tuple[Any, ...]]]:
    """The reads, for `kits.steady.Steady`; what they leave open is `now` and what is `given`."""
    each, now = Price.__table__.c, bindparam("now", type_=UTCDateTime())
    return {
        "offer": ALL.where(one_of(Kit.__table__.c.slug, "slugs")),
        UNTIL: select(func.min(each.valid_from)).where(each.valid_from > now),
    }


def given(slugs: Iterable[str], now: datetime) -> dict[str, Any]:
    """What the reads ask for. PostgreSQL takes no NUL in a text, so what cannot be printed is not looked up."""
    asked = sorted({slug for slug in slugs if slug.isprintable()})
    return {"slugs": asked, "needle_limit_um": needles.limit(), **as_of(now)}


def by_slugs(reader: Reader, slugs: Iterable[str], now: datetime) -> Mapping[str, PricedKit]:
    """Those of the kits on sale under `slugs`, by slug: in one statement, and nothing else with it."""
    found, _ = _ALONE.run(reader, **given(slugs, now))
    return told(reader, found)


def told(reader: Reader, raw: Raw) -> Mapping[str, PricedKit]:
    """The kits on sale that were found, by slug; a statement more where a part has a successor."""
    return _offers(raw, tuple(successors(reader, _retired(raw)).items()))


@lru_cache(REMEMBERED)
def _offers(raw: Raw, gone: tuple[tuple[int, OfferedItem], ...]) -> Mapping[str, PricedKit]:
    return {offer.kit.slug: offer for offer in offered(_rows(raw), dict(gone))}


@lru_cache(REMEMBERED)
def _retired(raw: Raw) -> list[int]:
    return retired(_rows(raw))


def _rows(raw: Raw) -> list[list[Any]]:
    """The rows of `ALL` in its order."""
    return sorted(
        map(_values, rows(raw).get("offer", ())), key=lambda row: (row[0], row[_BEFORE_ITEM - len(PART)] or 0)
    )


def _values(row: list[Any]) -> list[Any]:
    """A row of JSON as the database's own values."""
    known = list(row)
    if known[EFFECTIVE_FROM] is not None:
        known[EFFECTIVE_FROM] = date.fromisoformat(known[EFFECTIVE_FROM])
    known[RETIRED_AT] = moment(known[RETIRED_AT])
    known[SEALED] = bool(known[SEALED])
    return known


_ALONE = Steady(reads())
