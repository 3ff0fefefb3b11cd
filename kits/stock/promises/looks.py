"""A look at kits on sale together with what there is of their parts: the one statement that most pages begin with."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select

from kits import clock
from kits.catalogue import offers
from kits.catalogue.kits import PricedKit
from kits.host import Reader
from kits.reads import Raw, values
from kits.steady import Steady
from kits.stock.promises.reservations import Shelves, told
from kits.stock.promises.statements import SHELVES

_SHELF, _AHEAD = "shelf", "ahead"


@dataclass(frozen=True)
class Look:
    """The kits by slug and the shelves of their parts as of `now`; `raw` is all that was read but the shelves.

    What is sent for a part that is retired is not among the shelves.
    """

    now: datetime
    kits: dict[str, PricedKit]
    shelves: Shelves
    raw: Raw

    @property
    def today(self) -> date:
        """The shop's calendar day."""
        return clock.today(self.now)


def statement(**more: Select[*tuple[Any, ...]]) -> Steady:
    """The statement of a look, and of whatever else a page reads with it that `kits.migrations.marked` watches."""
    return Steady({**offers.reads(), **more}, **{_AHEAD: clock.READ, _SHELF: SHELVES})


def look(reader: Reader, along: Steady, slugs: Collection[str]) -> Look:
    """Look at the kits on sale under `slugs`, with a statement that `statement` made."""

    def read(now: datetime) -> tuple[tuple[Raw, Raw], float]:
        steady, live = along.run(reader, **offers.given(slugs, now))
        return (steady, live), sum(ahead for (ahead,) in values(live, _AHEAD))

    now, (steady, live) = clock.look_along(read)
    kits = offers.told(reader, steady)
    parts = (part.item_id for offer in kits.values() for part in offer.kit.components)
    return Look(now, dict(kits), told(values(live, _SHELF), parts), steady)


ALONE = statement()
