"""What the order desk's forms hand in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from marshmallow import fields, validate

from kits.stock.limits import MOST_UNITS
from kits.stock.moves.returns import What
from shop.storefront.forms import LARGEST, Form, ShipForm, filled, whole, words

NOT_FOUND = "not found on the shelf"
REASONS = (NOT_FOUND, "damaged", "already opened")
"""Why the lot that expires first is left behind."""
LONGEST_MARK = 64
LARGEST_ID = 2**53


class ParcelForm(ShipForm):
    """A parcel to send; `parcel` is the number it is to have, so that two clicks send one."""

    parcel = whole("Load the page again.", load_default=None)


class ScanForm(Form):
    """What the scanner read."""

    code = filled("Scan a label, or type the SKU or the lot code.", validate.Length(max=100, error="This is no code."))


class OtherLotForm(Form):
    """A lot to take in place of another, and why; `submission` is one a scan."""

    lot = fields.Integer(required=True, validate=validate.Range(1, LARGEST_ID))
    instead_of = fields.Integer(required=True, validate=validate.Range(1, LARGEST_ID))
    reason = fields.String(required=True, validate=validate.OneOf(REASONS, error="Choose a reason."))
    submission = filled("Scan it again.", validate.Length(max=LONGEST_MARK, error="Scan it again."))


class ReturnForm(Form):
    """Units that came back, what becomes of them, and why they came; `submission` is one per form."""

    units = whole(f"Give a number from 1 to {MOST_UNITS:,}.", required=True)
    what = fields.String(
        required=True,
        validate=validate.OneOf(get_args(What), error="Choose what becomes of it."),
        error_messages={"required": "Choose what becomes of it."},
    )
    reason = filled("Say why it came back, for whoever reads the ledger later.")
    submission = words()


class PaidElsewhereForm(Form):
    """How money came that Stripe never saw; what may be left empty, and how long it may be, is the domain's to say."""

    means = words()
    reference = words()
    reason = words()


def an_id(text: str) -> int | None:
    """The id that an address or a form carries, no larger than a table can hold; None for what is none."""
    return min(int(text), LARGEST_ID) if text.isascii() and text.isdecimal() and len(text) < 20 else None


def picked(form: Mapping[str, str]) -> dict[int, int]:
    """Units by lot id from the fields `lot-<id>`; what is no number counts for nothing."""
    lots = {name.removeprefix("lot-"): units for name, units in form.items() if name.startswith("lot-")}
    return {int(lot): int(units) for lot, units in lots.items() if _fits(lot) and _fits(units)}


def _fits(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= len(str(LARGEST))
