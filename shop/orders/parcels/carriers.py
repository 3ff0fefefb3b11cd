"""Where a parcel can be followed, by the form of its tracking number."""

from __future__ import annotations

import re

FORMS = ((re.compile(r"[A-Z]{2}\d{9}GB"), "https://www.royalmail.com/track-your-item#/tracking-results/{}"),)
"""Numbers that only one carrier gives out; what others have in common leads nowhere."""


def tracking_page(tracking: str | None) -> str | None:
    """The carrier's page on the parcel; None for a number whose form we do not know."""
    number = re.sub(r"\s", "", tracking or "").upper()
    return next((page.format(number) for form, page in FORMS if form.fullmatch(number)), None)
