"""How long a kit's needles may be for use at home. The limits are settings; what is above the second is not sold.

Lengths are in micrometres.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, bindparam

from kits.catalogue.tables import Kit
from kits.errors import BadInput
from kits.settings import setting


def warning_above() -> int:
    """Needles longer than this are sold with a warning."""
    return int(setting("NEEDLE_WARNING_UM"))


def limit() -> int:
    """Needles longer than this are not for use at home."""
    return int(setting("NEEDLE_LIMIT_UM"))


def needs_warning(needle_um: int) -> bool:
    """True for needles so long that whoever buys them must be told."""
    return needle_um > warning_above()


def check(needle_um: int) -> None:
    """Refuse what is not for use at home: BadInput at `published`."""
    if needle_um > limit():
        raise BadInput(
            "published",
            f"Needles of {written(needle_um)} are too long to be used at home: "
            f"a kit may have up to {written(limit())}. It cannot be put on sale.",
        )


def written(needle_um: int) -> str:
    """The length for a reader, e.g. `0.25 mm`."""
    return f"{needle_um / 1000:.2f} mm" if needle_um % 10 == 0 else f"{needle_um / 1000:.3f} mm"


def on_sale() -> ColumnElement[bool]:
    """The condition of every query for kits that are sold; the limit is read when the query runs."""
    kit = Kit.__table__.c
    return and_(kit.published, kit.needle_um <= bindparam("needle_limit_um", callable_=limit, type_=kit.needle_um.type))
