"""The setting of the days on which a declined charge is tried again, read and checked."""

from __future__ import annotations

from collections.abc import Sequence

from kits.settings import setting
from subscriptions.billing.dunning import MOST_TRIES, WINDOW

SHAPE = "SHOP_RETRY_DAYS lists days after a decline, such as 1,3,5,7: whole numbers, each larger than the one before"


def retry_days() -> Sequence[int]:
    """The days of the current app."""
    return read(setting("RETRY_DAYS"))


def read(written: object) -> Sequence[int]:
    """The days in a setting, `"1,3,5,7"` or a sequence; empty when nothing is to be tried again.

    Raises ValueError in words for anything else, for more than seven of them
    and for one more than thirty days away.
    """
    parts = written.split(",") if isinstance(written, str) else written
    if not isinstance(parts, list | tuple) or not all(_whole(each) for each in parts if str(each).strip()):
        raise ValueError(f"{SHAPE}. It is {written!r}.")
    days = [int(each) for each in parts if str(each).strip()]
    if any(later <= earlier for earlier, later in zip([0, *days], days, strict=False)):
        raise ValueError(f"{SHAPE}. It is {written!r}.")
    if len(days) >= MOST_TRIES or (days and days[-1] > WINDOW.days):
        raise ValueError(f"SHOP_RETRY_DAYS holds at most {MOST_TRIES - 1} days, none beyond {WINDOW.days}.")
    return days


def _whole(each: object) -> bool:
    text = str(each).strip()
    return text.isascii() and text.isdigit() and len(text) < 4
