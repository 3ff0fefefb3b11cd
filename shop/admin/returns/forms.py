"""What the returns desk's forms hand in."""

from __future__ import annotations

from collections.abc import Mapping

from marshmallow import ValidationError, fields, validate

from kits.money import read_amount
from kits.settings import currency
from kits.stock.moves.returns import What
from shop.admin.orders.forms import LONGEST_MARK, an_id
from shop.payments.giving_back.reasons import BY_STAFF, REASONS
from shop.storefront.forms import LARGEST, Form, Wrong, day, filled, words

WHATS: tuple[tuple[What, str], ...] = (
    ("restock", "fine, back into its lot"),
    ("discard", "written off"),
    ("inspect", "kept in quarantine, to be decided"),
)
REASON_CHOICES = tuple((code, REASONS[code].short.capitalize()) for code in BY_STAFF)
NO_AMOUNT = "Give an amount like 12.50."
NO_UNITS = "Give a number of units, or leave it empty."


class Amount(fields.Field[int]):
    """An amount as a person writes it, in the shop's currency; minor units."""

    default_error_messages = {"required": NO_AMOUNT, "null": NO_AMOUNT}  # noqa: RUF012 - marshmallow's own way

    def _deserialize(self, value: object, *args: object, **more: object) -> int:
        try:
            return read_amount(str(value), currency())
        except ValueError as error:
            raise ValidationError(NO_AMOUNT) from error


class ReceivedForm(Form):
    """The day the goods came."""

    received_on = day("Give the day it came.", required=True)


class SentForm(Form):
    """The day on the customer's proof that the goods were sent."""

    sent_on = day("Give the day on the proof.", required=True)


class CloseForm(Form):
    """Why a return is closed without a refund."""

    note = words()


class ReturnRefundForm(Form):
    """What goes back for a return, and why it is less than is due."""

    amount = Amount(required=True)
    note = words()


class RefundForm(ReturnRefundForm):
    """A refund without a return; `submission` is one per form, `reference` of what was paid back by hand."""

    reference = words()

    reason = fields.String(
        required=True,
        validate=validate.OneOf(BY_STAFF, error="Choose a reason."),
        error_messages={"required": "Choose a reason."},
    )
    submission = filled("Load the page again.", validate.Length(max=LONGEST_MARK, error="Load the page again."))


class PaidBackForm(Form):
    """What was paid back by hand."""

    reference = words()


class AgreeForm(Form):
    """Why staff take something back; `submission` is one per form."""

    note = words()
    submission = filled("Load the page again.", validate.Length(max=LONGEST_MARK, error="Load the page again."))


def units(given: Mapping[str, str], names: Mapping[str, object]) -> dict[str, int]:
    """Units by the fields in `names`, empty ones as 0; raises Wrong with a sentence for each that is no number."""
    found = {name: given.get(name, "").strip() for name in names}
    wrong = {name: NO_UNITS for name, text in found.items() if text and (an_id(text) or 0) > LARGEST}
    wrong |= {name: NO_UNITS for name, text in found.items() if text and an_id(text) is None}
    if wrong:
        raise Wrong(wrong)
    return {name: int(text or 0) for name, text in found.items()}
