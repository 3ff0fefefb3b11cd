"""The rows of a new order: the customer, the order, its lines, what was acknowledged and agreed. One INSERT a table."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import bindparam, insert
from sqlalchemy.orm import Session

from kits.catalogue.offered import OfferedNotice
from kits.errors import NotFound
from kits.in_one import insert_all, whole
from kits.ready import Ready
from kits.settings import setting
from kits.tables import Base
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
    """A new order and who bought it. `order` belongs to no session: its columns and its lines, as they are written."""

    order: Order
    buyer: Person


class Beginning(Protocol):
    """What begins with an order, in its transaction: its first payment. `holder` has the order's lease from then on."""

    holder: str

    def closes(self, keep_until: datetime, /) -> datetime:
        """Until when the order's stock is kept, which would be until `keep_until` without it."""

    def row(self, written: Written, /) -> tuple[type[Base], dict[str, Any]]:
        """The row that is written with the order's own."""

    def begun(self, row_id: int, /) -> None:
        """It is written, with this id; nothing is committed yet."""


def write(
    current: Session,
    purchase: Purchase,
    due: Due,
    rules: Rules,
    *,
    beginning: Beginning | None,
    number: str,
    now: datetime,
) -> Written:
    """Write them all, and what begins with them.

    Raises BadInput at `postcode`, NotFound for a kit without a notice.
    """
    who = buyer(current, purchase.email, purchase.name, now)
    keep_until = now + timedelta(minutes=setting("RESERVATION_MINUTES"))
    order = {**_order(purchase, due), "number": number, "root_number": number, "customer_id": who.id, "made_at": now}
    order["keep_until"] = beginning.closes(keep_until) if beginning else keep_until
    order["id"] = write_order(current, order, beginning.holder if beginning else None)
    lines = [_line(*each) for each in zip(due.lines, due.totals.lines, strict=True)]
    written = Written(Order(**order, lines=[OrderLine(**line) for line in lines]), who)
    _write_parts(current, written, lines, due, rules, beginning, now)
    return written


def _write_parts(
    current: Session,
    written: Written,
    lines: list[dict[str, Any]],
    due: Due,
    rules: Rules,
    beginning: Beginning | None,
    now: datetime,
) -> None:
    acknowledged = [_acknowledged(each, now) for each in notices(due).values()]
    agreed = [{**each, "agreed_at": now} for each in agreements.texts(due.lines, rules)]
    parts = ((Acknowledgement, acknowledged), (Agreement, agreed), (OrderLine, lines))
    of_order = [(table, [{"order_id": written.order.id, **row} for row in rows]) for table, rows in parts]
    if beginning:
        table, row = beginning.row(written)
        beginning.begun(insert_all(current, *of_order, (table, [row])))
    else:
        insert_all(current, *of_order)


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


def write_order(current: Session, order: Mapping[str, Any], holder: str | None) -> int:
    """Insert an order's own row, its payment lease that of `holder`; returns its id. Flushes nothing."""
    row, lease = whole(Order, order), leases.held(holder) if holder else {}
    return int(_new_order(tuple(row), holder is not None).run(current, {**row, **lease}).scalar_one())


@cache
def _new_order(columns: tuple[str, ...], held: bool) -> Ready:
    table: Any = Order.__table__
    values: dict[str, Any] = {name: bindparam(name, type_=table.c[name].type) for name in columns}
    return Ready(insert(table).values(values | leases.HELD if held else values).returning(table.c.id))
