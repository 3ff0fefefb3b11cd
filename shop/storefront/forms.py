"""What a form hands in, checked for its shape; what it may ask for is the domain's to say."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from kits.errors import BadInput, RefilleryError
from shop.orders.checkout import EMAIL

UNREADABLE = "This holds a sign that we cannot read. Please type it again."
NO_EMAIL = "Please give an e-mail address like name@example.org."
UNTICKED = "Please read the notice and tick the box to go on."
NO_PRICE = "This form is not whole. Please press the button again."
LARGEST = 10**6


class Wrong(RefilleryError):
    """A form that cannot be taken: one sentence a field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)


class Form(Schema):
    """A form of ours; fields it does not know are left alone."""

    class Meta:
        unknown = EXCLUDE


def whole(sentence: str, **options: Any) -> fields.Integer:
    """A whole number; anything else, and what no table could hold, gets `sentence`."""
    return fields.Integer(
        validate=validate.Range(-LARGEST, LARGEST, error=sentence),
        error_messages={"invalid": sentence, "too_large": sentence, "required": sentence, "null": sentence},
        **options,
    )


def day(sentence: str, **options: Any) -> fields.Date:
    """A day as a browser's date field sends it."""
    return fields.Date(
        format="%Y-%m-%d", error_messages={"invalid": sentence, "required": sentence, "null": sentence}, **options
    )


def _printable(text: str) -> None:
    # PostgreSQL takes no NUL, and no line of a form has a use for its kin.
    if not text.isprintable():
        raise ValidationError(UNREADABLE)


def words() -> fields.String:
    """A line of text without control signs; whether it is filled in and how long it may be is the domain's to say."""
    return fields.String(load_default="", validate=_printable)


def _is_email(text: str) -> None:
    if not EMAIL.fullmatch(text.strip()):
        raise ValidationError(NO_EMAIL)


def filled(sentence: str, *more: Any) -> fields.String:
    """A line of text that must not be left empty; empty gets `sentence`."""

    def not_blank(text: str) -> None:
        if not text.strip():
            raise ValidationError(sentence)

    return fields.String(
        required=True, validate=validate.And(not_blank, _printable, *more), error_messages={"required": sentence}
    )


def email(longest: int) -> fields.String:
    """An e-mail address of up to so many characters."""
    too_long = validate.Length(max=longest, error=f"Please keep this under {longest} characters.")
    return filled(NO_EMAIL, too_long, _is_email)


def tick() -> fields.Boolean:
    """A box or a choice that counts as no when it is left alone."""
    return fields.Boolean(load_default=False, error_messages={"invalid": "Choose one of the two."})


class PlanForm(Form):
    """The plan builder: what the customer plans and how many kits that is for."""

    sessions = whole("Choose how many sessions you plan.", required=True)
    every_weeks = whole("Choose how many weeks lie between two sessions.", required=True)
    start = day("Choose the day of your first session.", required=True)
    quantity = whole("Choose how many kits you want.", load_default=1)
    refills = tick()


class AddForm(PlanForm):
    """A plan to put into the basket."""

    kit = words()


class BoxForm(Form):
    """Refill boxes for a kit, bought alone."""

    kit = words()
    quantity = whole("Choose how many boxes you want.", load_default=1)


class LineForm(Form):
    """A line of the basket and its new quantity."""

    line = words()
    quantity = whole("Choose how many you want.", required=True)


class PlanOfLineForm(PlanForm):
    """A line of the basket and its new plan; how many it is stays as it is."""

    class Meta(Form.Meta):
        exclude = ("quantity",)

    line = words()


class PriceForm(Form):
    """A line of the basket and the new prices that its customer saw, in minor units."""

    line = words()
    unit = whole(NO_PRICE, required=True)
    refill = whole(NO_PRICE, required=True)


class CheckoutForm(Form):
    """All that the checkout asks for."""

    email = filled(NO_EMAIL, _is_email)
    name = filled("Please give your name.")
    line1 = filled("Please give the street and the number of your house.")
    line2 = words()
    city = filled("Please give your city.")
    postcode = filled("Please give your postcode.")
    country = words()
    shipping = words()
    discount = words()
    submission = words()
    accepted = fields.Boolean(
        required=True,
        validate=validate.Equal(True, error=UNTICKED),
        error_messages={"required": UNTICKED, "invalid": UNTICKED},
    )


class ReceiveForm(Form):
    """A delivery as the stock room books it."""

    sku = filled("Choose the item.")
    lot = filled("Give the code on the box.")
    quantity = whole("Give a quantity from 1 to 1,000,000.", required=True)
    expires = day("Give the day the lot expires.", required=True)


class ShipForm(Form):
    """A parcel's tracking number."""

    tracking = words()


def taken(form: type[Form], given: Mapping[str, Any]) -> dict[str, Any]:
    """What `given` says as `form` reads it; raises Wrong with a sentence for each field that does not fit."""
    try:
        loaded: dict[str, Any] = _made(form).load(given)
    except ValidationError as error:
        messages = error.messages if isinstance(error.messages, dict) else {}
        raise Wrong({field: str(sentences[0]) for field, sentences in messages.items()}) from error
    return loaded


@cache
def _made(form: type[Form]) -> Form:
    """A form reads any number at a time, and is slow to make."""
    return form()


def sentences(error: Wrong | BadInput) -> dict[str, str]:
    """The sentences of `error` by the field they stand at."""
    return error.errors if isinstance(error, Wrong) else {error.field: error.message}
