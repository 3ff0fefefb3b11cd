"""Placing an order and asking where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Response, request
from marshmallow import ValidationError

from kits import clock
from kits.errors import BadInput, RefilleryError
from kits.host import end_reads, session
from kits.money import Money, add_up
from shop.api.problems import refused
from shop.api.schemas.answered import Order as OrderAnswer
from shop.api.schemas.answered import OrderPlaced
from shop.api.schemas.asked import OrderRequest
from shop.links import order_url
from shop.orders.acknowledged import Acknowledged, acknowledged
from shop.orders.basket import Wish, priced
from shop.orders.checkout import Address, Purchase
from shop.orders.find import order_by_id, order_by_token
from shop.orders.tables import OrderLine
from shop.payments.gateway.account import gateway
from shop.payments.hosted.buying import Bought, buy
from shop.registers import registers

LARGEST_BODY = 64 * 1024
PLACES = {
    **{name: f"address.{name}" for name in ("line1", "line2", "city", "postcode", "country")},
    **{name: f"acknowledgement.{name}" for name in ("version", "accepted")},
}
IN_LINE = {name: name for name in ("quantity", "refills", "refill_box")} | {
    name: f"plan.{name}" for name in ("sessions", "every_weeks", "start")
}


def place_order() -> Any:
    """Place an order and open its payment page; a gateway without an answer leaves the order placed."""
    asked: dict[str, Any] = OrderRequest().load(_json_body())
    now = clock.now()
    gateway()  # without keys nothing is placed that nobody could pay
    bought = _bought(_purchase(asked), now)
    answer = OrderPlaced().dump(_due(bought.order_id))
    end_reads()
    try:
        url = bought.page()
    except RefilleryError as error:
        return _unpaid(error, answer["number"], bought.token)
    return {**answer, "payment_url": url}, 201


def order(token: str) -> Any:
    """Where an order stands, with what the rooms above know of its refills."""
    found, now = order_by_token(session(), token), clock.now()
    read = [_read(each) for each in acknowledged(session(), found)]
    lines = [_line(line) for line in found.lines]
    known = {"number": found.number, "state": found.state, "lines": lines, "acknowledgements": read}
    answer: dict[str, Any] = OrderAnswer(exclude=["refills"]).dump(known)
    added = {name: field(found, now) for name, field in registers().api_fields.items()}
    return {**answer, "refills": [], **added}


def _json_body() -> Mapping[str, Any]:
    request.max_content_length = LARGEST_BODY
    try:
        body = request.get_json(silent=True)
    except RecursionError:  # brackets within brackets without end
        body = None
    if not isinstance(body, dict):
        raise ValidationError({"body": ["Send a JSON object, as application/json."]})
    return body


def _purchase(asked: Mapping[str, Any]) -> Purchase:
    return Purchase(
        email=asked["email"],
        name=asked["name"],
        address=Address(**asked["address"]),
        wishes=tuple(_wish(line) for line in asked["lines"]),
        notice_version=asked["acknowledgement"]["version"],
        accepted=asked["acknowledgement"]["accepted"],
        shipping=asked["shipping"],
        discount=asked["discount"],
    )


def _wish(line: Mapping[str, Any]) -> Wish:
    plan = {} if line["refill_box"] else line["plan"]
    return Wish(kit=line["kit"], quantity=line["quantity"], refills=line["refills"], **plan)


def _bought(purchase: Purchase, now: datetime) -> Bought:
    try:
        return buy(purchase, now=now)
    except BadInput as error:
        raise BadInput(_place_of(error, purchase.wishes, now), error.message) from error


def _place_of(error: BadInput, wishes: tuple[Wish, ...], now: datetime) -> str:
    """Where in the body the field stands that could not be taken."""
    if error.field not in IN_LINE:
        return PLACES.get(error.field, error.field)
    for index, wish in enumerate(wishes):
        try:
            priced(session(), [wish], now)
        except RefilleryError:
            return f"lines.{index}.{IN_LINE[error.field]}"
    return "lines"


def _due(order_id: int) -> dict[str, Any]:
    """What a buyer is told of the order before it is paid: what is due now, and with all refills."""
    placed = order_by_id(session(), order_id)
    later = add_up([_refills_total(line, placed.currency) for line in placed.lines], placed.currency)
    return {"number": placed.number, "token": placed.token, "total": placed.total, "plan_total": placed.total + later}


def _refills_total(line: OrderLine, currency: str) -> Money:
    refills = len(line.plan.refill_needs) if line.refills else 0
    return Money(line.refill_amount, currency) * (refills * line.quantity)


def _line(line: OrderLine) -> dict[str, Any]:
    if line.loose:
        return {"kit": line.kit.slug, "quantity": line.quantity, "plan": None, "refills": False, "refill_box": True}
    return {"kit": line.kit.slug, "quantity": line.quantity, "plan": line.plan, "refills": line.refills}


def _read(each: Acknowledged) -> dict[str, Any]:
    given = each.given
    return {"kit": each.kit, **{name: getattr(given, name) for name in ("version", "sha256", "accepted_at")}}


def _unpaid(error: RefilleryError, number: str, token: str) -> Response:
    return refused(
        error,
        number=number,
        token=token,
        order_url=order_url(token),
        what_now="The order is placed and its stock is kept. Go on at order_url; do not order again.",
    )
