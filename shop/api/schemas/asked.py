"""What the API takes."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

from shop.api.fields import Day, PerhapsText, Text, WholeNumber, WholeNumberInQuery, YesOrNo
from shop.orders.basket import MOST_LINES
from shop.orders.checkout import LONGEST

SLUG, VERSION, CODE = 100, 100, 40


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
