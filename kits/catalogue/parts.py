"""The parts of one kit, whether it is on sale or not, as plain values: what a refill of it takes."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kits import reads
from kits.catalogue.kits import ITEM, PART, successors
from kits.catalogue.offered import OfferedItem, OfferedPart
from kits.catalogue.tables import Item, KitComponent

_PART, _ITEM = KitComponent.__table__, Item.__table__
_OF_KIT = (
    select(*(_PART.c[name] for name in PART), *(_ITEM.c[name] for name in (*ITEM, "successor_id")))
    .join_from(_PART, _ITEM, _ITEM.c.id == _PART.c.item_id)
    .where(_PART.c.kit_id == bindparam("kit"))
)
_READ = reads.together({"part": _OF_KIT})


def of_kit(session: Session, kit_id: int) -> tuple[OfferedPart, ...]:
    """They all, in the order of their items: in one statement, and one more where an item has a successor."""
    session.flush()
    raw = reads.run(session, _READ, kit=kit_id)
    after = [row[-1] for row in reads.rows(raw)["part"] if row[-1] is not None]
    return _told(raw, tuple(successors(session, after).items()) if after else ())


@lru_cache(reads.REMEMBERED)
def _told(raw: reads.Raw, after: tuple[tuple[int, OfferedItem], ...]) -> tuple[OfferedPart, ...]:
    return tuple(_part(row, dict(after)) for row in sorted(reads.rows(raw)["part"], key=lambda row: row[0]))


def _part(row: list[Any], after: dict[int, OfferedItem]) -> OfferedPart:
    *values, sealed, retired_at, successor = row[len(PART) :]
    item = OfferedItem(*(*values, bool(sealed), reads.moment(retired_at), after.get(successor)))
    return OfferedPart(*(*row[: len(PART)], item))
