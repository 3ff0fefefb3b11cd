"""The rows of a new order: the customer, the order, its lines, what was acknowledged and agreed. One INSERT a table."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Insert, insert
from sqlalchemy.orm import Session

from kits.catalogue.offered import OfferedNotice
from kits.errors import NotFound
from kits.settings import setting
from shop.customers.people import Person, buyer
from shop.orders.basket import PricedLine
from shop.orders.placing import agreements
from shop.orders.placing.due import Due
from shop.orders.tables import Acknowledgement, Agreement, Order, OrderLine
from shop.selling.rules import Rules
from shop.selling.totals import LineTotal
from shop.work import leases

if TYPE_CHECKING:
    from shop.orders.checkout import Purchase


@dataclass(frozen=True)
class Written:
    """A new order and who bought it. `order` belongs to no session: its columns and its lines, as they were written."""

    order: Order
    buyer: Person


def write(
    current: Session,
    purchase: Purchase,
    due: Due,
    rules: Rules,
    *,
    holder: str | None,
    number: str,
    now: datetime,
) -> Written:
    """Write them all; `holder` has the order's lease from its first moment.

    Raises BadInput at `postcode`, NotFound for a kit without a notice.
    """
    who = buyer(current, purchase.email, purchase.name, now)
    order = {**_order(purchase, due), "number": number, "root_number": number, "customer_id": who.id}
    order |= {"made_at": now, "keep_until": now + timedelta(minutes=setting("RESERVATION_MINUTES"))}
    new, lease = (_HELD_ORDER, leases.held(holder)) if holder else (_FREE_ORDER, {})
    order["id"] = order_id = current.execute(new, {**order, **lease}).scalar_one()
    lines = [_line(*each) for each in zip(due.lines, due.totals.lines, strict=True)]
    _all(current, OrderLine, order_id, lines)
    _all(current, Acknowledgement, order_id, [_acknowledged(each, now) for each in notices(due).values()])
    _all(current, Agreement, order_id, [{**each, "agreed_at": now} for each in agreements.texts(due.lines, rules)])
    return Written(Order(**order, lines=[OrderLine(**line) for line in lines]), who)


def notices(due: Due) -> Mapping[str, OfferedNotice]:
    """The notice in force for each kit that is bought, by its slug; raises NotFound for a kit without one."""
    found = {}
    for line in sorted(due.lines, key=lambda line: line.offer.kit.id):
        if line.offer.notice is None:
            raise NotFound("This kit has no notice yet, so it cannot be sold.")
        found[line.offer.kit.slug] = line.offer.notice
    return found


def _order(purchase: Purchase, due: Due) -> dict[str, Any]:
    return {
        "token": secrets.token_urlsafe(24),
        "submission": purchase.submission,
        "kind": "kit",
        "currency": due.currency,
        "total_amount": due.totals.total,
        "shipping_amount": due.way.amount,
        "shipping_method": due.way.name,
        "shipping_vat": due.totals.shipping_vat,
        "discount_code": due.discount.code if due.discount else None,
        "vat_permille": due.vat_permille,
        "vat_amount": due.totals.vat,
        "name": purchase.name.strip(),
        **vars(purchase.address.tidied()),
    }


def _line(line: PricedLine, total: LineTotal) -> dict[str, Any]:
    return {
        "kit_id": line.offer.kit.id,
        "title": line.title,
        "quantity": line.quantity,
        "unit_amount": line.unit.amount,
        "refill_amount": (line.unit if line.loose else line.offer.refill_price).amount,
        "discount_amount": total.discount,
        "vat_amount": total.vat,
        "sessions": line.chosen.sessions if line.chosen else None,
        "every_weeks": line.chosen.every_weeks if line.chosen else None,
        "start": line.chosen.start if line.chosen else None,
        "refills": line.refills,
        "serves_until": line.serves_until,
    }


def _acknowledged(notice: OfferedNotice, now: datetime) -> dict[str, Any]:
    return {"notice_id": notice.id, "version": notice.version, "sha256": notice.sha256, "accepted_at": now}


def _all(current: Session, table: Any, order_id: int, values: list[dict[str, Any]]) -> None:
    current.execute(_into(table), [{"order_id": order_id, **each} for each in values])


# The statements are built once: every purchase runs them.
_ORDER: Any = Order.__table__
_FREE_ORDER = insert(_ORDER).returning(_ORDER.c.id)
_HELD_ORDER = _FREE_ORDER.values(leases.HELD)


@cache
def _into(table: Any) -> Insert:
    return insert(table.__table__)
