"""The forms of buying in; what they may ask for is the domain's to say."""

from __future__ import annotations

from marshmallow import fields, validate

from shop.storefront.forms import UNREADABLE, Form, ReceiveForm, day, whole, words

HOW_MANY = "Give a quantity from 1 to 1,000,000."
WHEN = "Give the day on which it should arrive."


def submission() -> fields.String:
    """The mark of one form: sent twice, it is done once."""
    short = validate.Regexp(r"[A-Za-z0-9_-]{0,60}\Z", error=UNREADABLE)
    return fields.String(load_default="", validate=short)


class DeliveryForm(ReceiveForm):
    """A delivery, and what it was ordered by."""

    supplier = words()
    purchase_line = whole("Choose an order of the list, or none.", load_default=None)
    submission = submission()


class OrderForm(Form):
    """A purchase order without its lines."""

    supplier = words()
    number = words()
    note = fields.String(load_default="")
    submission = submission()


class OrderLineForm(Form):
    """One line of a purchase order."""

    sku = words()
    quantity = whole(HOW_MANY, required=True)
    expected = day(WHEN, required=True)


class ChangeLineForm(Form):
    """What is expected of a line from now on."""

    quantity = whole("Give a quantity; 0 when nothing will come.", required=True)
    expected = day(WHEN, required=True)


class BookForm(Form):
    """A list that was looked at: what was sent, packed, and the form's mark."""

    packed = fields.String(load_default="")
    submission = submission()
