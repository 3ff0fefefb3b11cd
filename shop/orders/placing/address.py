"""Who buys and where it goes: checked, and written as the post writes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from kits.errors import BadInput

EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
LONGEST = {"email": 200, "name": 120, "line1": 200, "line2": 200, "city": 100, "postcode": 12}
MAY_BE_EMPTY = frozenset({"line2"})
# The forms of postcodes that Royal Mail gives out (BS 7666: A9, A99, A9A, AA9, AA99, AA9A, then 9AA; and GIR 0AA).
UK_POSTCODE = re.compile(
    r"(GIR|[A-PR-UWYZ](?:[0-9]{1,2}|[0-9][A-HJKPS-UW]|[A-HK-Y][0-9](?:[0-9]|[ABEHMNPRV-Y])?))"
    r"([0-9][ABD-HJLNP-UW-Z]{2})"
)


@dataclass(frozen=True)
class Address:
    """Where it goes; `country` is an ISO 3166 code."""

    line1: str
    city: str
    postcode: str
    country: str
    line2: str = ""

    def tidied(self) -> Address:
        """As it is kept: without spaces around, the postcode in its form. Raises BadInput at what cannot be taken."""
        check_words({field: getattr(self, field) for field in ("line1", "line2", "city", "postcode")})
        return replace(
            self,
            line1=self.line1.strip(),
            line2=self.line2.strip(),
            city=self.city.strip(),
            postcode=postcode(self.postcode, self.country),
        )


def check_words(given: Mapping[str, str]) -> None:
    """Raises BadInput at the first of the given fields of LONGEST that is empty, too long or no line of text."""
    for field, text in given.items():
        if not text.isprintable() or not (text.strip() or field in MAY_BE_EMPTY):
            raise BadInput(field, "Please fill this in.")
        if len(text) > LONGEST[field]:
            raise BadInput(field, f"Please keep this under {LONGEST[field]} characters.")


def check_email(text: str) -> None:
    """Raises BadInput at `email` for what can be no e-mail address."""
    check_words({"email": text})
    if not EMAIL.fullmatch(text.strip()):
        raise BadInput("email", "Please give an e-mail address like name@example.org.")


def postcode(typed: str, country: str) -> str:
    """`se16ha` as `SE1 6HA`; raises BadInput for what is no UK postcode. Other countries' forms are their own."""
    if country != "GB":
        return " ".join(typed.upper().split())
    found = UK_POSTCODE.fullmatch("".join(typed.upper().split()))
    if found is None:
        raise BadInput("postcode", "Please give a UK postcode, like SE1 6HA.")
    return f"{found[1]} {found[2]}"
