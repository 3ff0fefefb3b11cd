"""What the API answers."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from shop.api.schemas.asked import Plan

STATES = ("awaiting_payment", "paid", "shipped", "cancelled", "refunded")


class Money(Schema):
    """An amount in minor units of its currency."""

    amount = fields.Integer(required=True)
    currency = fields.String(required=True)


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
