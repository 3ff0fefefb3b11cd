"""The shapes of what the API takes and answers. What a kit allows is the domain's to say."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

from shop.api.fields import Day, PerhapsText, Text, WholeNumber, WholeNumberInQuery, YesOrNo
from shop.orders.basket import MOST_LINES
from shop.orders.checkout import LONGEST

SLUG, VERSION, CODE = 100, 100, 40
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
    """A kit to buy with the plan it is for, or boxes of its refill alone."""

    kit = Text(SLUG, required=True)
    quantity = WholeNumber(load_default=1)
    plan = fields.Nested(
        Plan,
        allow_none=True,
        load_default=None,
        metadata={"description": "needed for a kit, left alone for a refill box"},
    )
    refills = YesOrNo(
        load_default=False, metadata={"description": "true is the consent to being charged for the plan's refills"}
    )
    refill_box = YesOrNo(load_default=False, metadata={"description": "true: refill boxes alone, without a plan"})

    @validates_schema(skip_on_field_errors=True)
    def _has_a_plan(self, line: dict[str, Any], **about: Any) -> None:
        if not line["refill_box"] and line["plan"] is None:
            raise ValidationError("A kit is bought with a plan.", "plan")


class Address(Schema):
    """Where the order goes."""

    line1 = Text(LONGEST["line1"], required=True)
    line2 = PerhapsText(LONGEST["line2"], load_default="")
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
    shipping = Text(
        CODE, allow_none=True, load_default=None, metadata={"description": "a method's code; without one the cheapest"}
    )
    discount = Text(CODE, allow_none=True, load_default=None, metadata={"description": "a code, in capitals or not"})


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
    """A placed order; `total` is due today, shipping included, `plan_total` that and all refills."""

    number = fields.String(required=True)
    token = fields.String(required=True)
    total = fields.Nested(Money, required=True)
    plan_total = fields.Nested(Money, required=True)
    payment_url = fields.String(required=True)


class OrderedLine(Schema):
    """A line of a placed order; a refill box bought alone has no plan."""

    kit = fields.String(required=True)
    quantity = fields.Integer(required=True)
    plan = fields.Nested(Plan, required=True, allow_none=True)
    refills = fields.Boolean(required=True)
    refill_box = fields.Boolean()


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
