"""Returns that staff agree to, though nobody withdrew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits.clock import today
from kits.errors import BadInput, WrongState
from kits.host import unit
from shop.orders.find import locked
from shop.orders.tables import PAID, SHIPPED, Order
from shop.returns import letters, right
from shop.returns.desk.checks import check_note
from shop.returns.desk.steps import record
from shop.returns.lists import next_number
from shop.returns.tables import GOODWILL, Return, ReturnItem
from shop.returns.withdrawing.goods import Key, by_key, goods_of


def agree(order_id: int, units: Mapping[Key, int], *, note: str, actor: str, now: datetime, mark: str) -> int:
    """Agree to take units back that are with the customer, though nobody withdrew; the return's number. Commits.

    `mark` is one per form. Raises BadInput at `note` or `units`, WrongState for an order that is not out.
    """
    check_note(note, needed=True)
    with unit() as session:
        order = locked(session, order_id)
        key = f"{order.number}-{mark}"
        known = session.scalar(select(Return.number).where(Return.submission == key))
        if known is not None:
            return known
        if order.state not in (PAID, SHIPPED):
            raise WrongState("Nothing of this order can be returned now.")
        about = {"kind": GOODWILL, "submission": key, "actor": actor, "declared_at": now, "note": note.strip()}
        items, send_by = _wanted(session, order, units), today(now) + right.SEND_BACK
        row = Return(order=order, number=next_number(session, order), send_by=send_by, items=items, **about)
        session.add(row)
        session.flush()
        record(session, row, "return.agreed", actor, now)
        letters.agreed(session, row, now)
        return row.number


def _wanted(session: Session, order: Order, units: Mapping[Key, int]) -> list[ReturnItem]:
    goods = by_key(goods_of(session, order))
    wanted = {key: count for key, count in units.items() if count}
    if not wanted or not set(wanted) <= set(goods):
        raise BadInput("units", "Choose at least one thing that is to come back.")
    for key, count in wanted.items():
        if not 0 < count <= goods[key].there:
            raise BadInput("units", f"The customer has {goods[key].there} of {goods[key].item.name}.")
    return [
        ReturnItem(
            line_id=line, item=goods[line, item].item, sent=True, units=count,
            parts=[list(each) for each in goods[line, item].paid[:count]],
        )
        for (line, item), count in wanted.items()
    ]  # fmt: skip
