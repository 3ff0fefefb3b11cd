"""A look at kits on sale together with what there is of their parts: the one statement that most pages begin with."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select

from kits import clock, reads
from kits.catalogue import offers
from kits.catalogue.kits import PricedKit
from kits.host import Reader
from kits.ready import Ready
from kits.stock.promises.reservations import Shelves, told
from kits.stock.promises.statements import SHELVES

_SHELF = "shelf"


@dataclass(frozen=True)
class Look:
    """The kits by slug and the shelves of their parts as of `now`; `raw` is what was read of everything else, too.

    What is sent for a part that is retired is not among the shelves.
    """

    now: datetime
    kits: dict[str, PricedKit]
    shelves: Shelves
    raw: reads.Raw

    @property
    def today(self) -> date:
        """The shop's calendar day."""
        return clock.today(self.now)


def statement(**more: Select[*tuple[Any, ...]]) -> Ready:
    """The statement of a look, and of whatever else a page reads with it."""
    return reads.together({**offers.reads(), reads.AHEAD: clock.READ, _SHELF: SHELVES, **more})


def look(reader: Reader, along: Ready, slugs: Collection[str]) -> Look:
    """Look at the kits on sale under `slugs`, with a statement that `statement` made."""
    now, found = reads.along(reader, along, lambda now: offers.given(slugs, now))
    raw, counts = reads.apart(found, _SHELF)
    kits = offers.told(reader, raw)
    parts = (part.item_id for offer in kits.values() for part in offer.kit.components)
    return Look(now, dict(kits), told(counts, parts), raw)


ALONE = statement()
