"""The shapes of what the API takes and answers. What a kit allows is the domain's to say."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates

from shop.api.fields import Day, Text, WholeNumber, WholeNumberInQuery, YesOrNo
from shop.orders.basket import MOST_LINES
from shop.orders.checkout import LONGEST

SLUG, VERSION = 100, 100
STATES = ("awaiting_payment", "paid", "shipped", "cancelled", "refunded")


class Query(Schema):
    """What stands after the question mark; names it does not know are left alone."""

    class Meta:
        unknown = EXCLUDE


class PlanQuery(Query):
    """Which plan to work out."""

    sessions = WholeNumberInQuery(required=True)
    every_weeks = WholeNumberInQuery(required=True)
    start = Day(required=True)


class NoticeQuery(Query):
    """Which kit's notice."""

    kit = Text(SLUG, required=True)


class Money(Schema):
    """An amount in minor units of its currency."""

    amount = fields.Integer(required=True)
    currency = fields.String(required=True)


class Plan(Schema):
    """A session plan."""

    sessions = WholeNumber(required=True)
    every_weeks = WholeNumber(required=True)
    start = Day(required=True, metadata={"description": "from today to 90 days ahead"})


class Line(Schema):
    """A kit to buy with the plan it is for."""

    kit = Text(SLUG, required=True)
    quantity = WholeNumber(load_default=1)
    plan = fields.Nested(Plan, required=True)
    refills = YesOrNo(
        load_default=False, metadata={"description": "true is the consent to being charged for the plan's refills"}
    )


class Address(Schema):
    """Where the order goes."""

    line1 = Text(LONGEST["line1"], required=True)
    city = Text(LONGEST["city"], required=True)
    postcode = Text(LONGEST["postcode"], required=True)
    country = Text(2, required=True, metadata={"description": "ISO 3166, two letters"})


class Acknowledgement(Schema):
    """That the buyer read and accepted this version of the notice."""

    version = Text(VERSION, required=True)
    accepted = YesOrNo(required=True)


class OrderRequest(Schema):
    """An order to place."""

    email = Text(LONGEST["email"], required=True)
    name = Text(LONGEST["name"], required=True)
    address = fields.Nested(Address, required=True)
    lines = fields.List(fields.Nested(Line), required=True, validate=validate.Length(1, MOST_LINES))
    acknowledgement = fields.Nested(Acknowledgement, required=True)
    shipping = Text(40, allow_none=True, load_default=None, metadata={"description": "standard is the only way"})
    discount = Text(40, allow_none=True, load_default=None, metadata={"description": "no code is in use"})

    @validates("shipping")
    def _known_way(self, value: str | None, **about: Any) -> None:
        if value not in (None, "standard"):
            raise ValidationError("There is one way of shipping: standard.")

    @validates("discount")
    def _known_code(self, value: str | None, **about: Any) -> None:
        if value is not None:
            raise ValidationError("This code is not known.")


class Limits(Schema):
    """The least and the most, both allowed."""

    min = fields.Integer(required=True)
    max = fields.Integer(required=True)


class Kit(Schema):
    """A kit on sale, its prices with VAT and the plans it allows."""

    slug = fields.String(required=True)
    name = fields.String(required=True)
    summary = fields.String(required=True)
    price = fields.Nested(Money, required=True)
    refill_price = fields.Nested(Money, required=True)
    sessions = fields.Nested(Limits, required=True)
    every_weeks = fields.Nested(Limits, required=True)


class Kits(Schema):
    """All kits on sale."""

    kits = fields.List(fields.Nested(Kit), required=True)


class PlanAnswer(Schema):
    """A plan worked out; `total` is the whole plan with VAT, without shipping."""

    sessions = fields.List(fields.Date(), required=True)
    refills = fields.List(fields.Date(), required=True)
    boxes = fields.Integer(required=True)
    total = fields.Nested(Money, required=True)


class Notice(Schema):
    """The contraindication notice in force."""

    version = fields.String(required=True)
    text = fields.String(required=True)


class OrderPlaced(Schema):
    """A placed order; `total` is due today, `plan_total` is what the whole plan costs."""

    number = fields.String(required=True)
    token = fields.String(required=True)
    total = fields.Nested(Money, required=True)
    plan_total = fields.Nested(Money, required=True)
    payment_url = fields.String(required=True)


class OrderedLine(Schema):
    """A line of a placed order."""

    kit = fields.String(required=True)
    quantity = fields.Integer(required=True)
    plan = fields.Nested(Plan, required=True)
    refills = fields.Boolean(required=True)


class Refill(Schema):
    """A refill of the plan."""

    number = fields.Integer(required=True)
    needed_on = fields.Date(required=True)
    charge_on = fields.Date(required=True, allow_none=True)
    state = fields.String(required=True)


class Acknowledged(Schema):
    """Which version of a kit's notice was acknowledged with the order; `sha256` is that of its text in UTF-8."""

    kit = fields.String(required=True)
    version = fields.String(required=True)
    sha256 = fields.String(required=True)
    accepted_at = fields.AwareDateTime(required=True)


class Order(Schema):
    """Where an order stands."""

    number = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    lines = fields.List(fields.Nested(OrderedLine), required=True)
    refills = fields.List(fields.Nested(Refill), required=True)
    acknowledgements = fields.List(fields.Nested(Acknowledged), required=True)


class FieldError(Schema):
    """One thing to change, and where."""

    field = fields.String(required=True)
    message = fields.String(required=True)


class Problem(Schema):
    """A problem document, RFC 9457."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    errors: Any = fields.List(fields.Nested(FieldError))
