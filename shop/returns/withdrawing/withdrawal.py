"""Withdrawing from a contract: declared once, acknowledged by mail, and what had not left never leaves.

No reason is asked for. Sealed goods can be given back until their seal is
broken; that is declared for each (reg 28(3)(a)).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits import audit
from kits.clock import today
from kits.dates import written
from kits.errors import BadInput, WrongState
from kits.host import unit
from kits.stock.ledger import Cause
from kits.stock.moves.letting_go import let_go
from kits.stock.promises.reservations import Demand
from shop.orders import parcels
from shop.orders.find import locked
from shop.orders.tables import REFUNDED as ORDER_REFUNDED
from shop.orders.tables import Order
from shop.papers.issuing import paying
from shop.payments.giving_back import money_back
from shop.payments.giving_back.reasons import WITHDRAWN
from shop.registers import Settled, run_steps
from shop.returns import letters, right
from shop.returns.lists import next_number
from shop.returns.tables import ANNOUNCED, INSPECTED, REFUNDED, WITHDRAWAL, Return, ReturnItem
from shop.returns.withdrawing.goods import Goods, Key, goods_of

CUSTOMER = "customer"


@dataclass(frozen=True)
class Chosen:
    """What is withdrawn of an item: units that wait here, units that the customer sends back; `opened` ones stay."""

    waiting: int = 0
    there: int = 0
    opened: int = 0


def declare(order_id: int, chosen: Mapping[Key, Chosen], *, submission: str, now: datetime) -> int:
    """Withdraw from parts of an order, or all of it; the return's number within the order. Commits.

    The same `submission` again gives the return it made. What has not left is
    let go and its money goes back at once; its plans end with a kit of which
    nothing is kept. Raises WrongState when the right is over or something has
    left meanwhile, BadInput at `chosen` for what cannot be chosen.
    """
    with unit() as session:
        order = locked(session, order_id)
        already = known(session, order, submission)
        if already is not None:
            return already
        check_right(session, order, now)
        goods = goods_of(session, order)
        row = _written(session, order, check_chosen(goods, chosen), _key(order, submission), now)
        said = _told_above(session, order, goods, chosen, now)
        whole = is_whole_unsent(order, goods, chosen)
        said += _money_at_once(session, order, row, whole, now)
        if order.state != ORDER_REFUNDED:
            let_go(session, order.number, _demands(goods, chosen), Cause(CUSTOMER, now, "withdrawn"))
            parcels.complete(session, order)
        letters.acknowledged(session, row, said, now)
        return row.number


def kept_of(goods: Sequence[Goods], chosen: Mapping[Key, Chosen]) -> dict[int, int]:
    """How many kits or boxes of each line, by its id, are kept: what cannot be given back any more keeps none."""
    kept = {each.line.id: 0 for each in goods}
    for each in goods:
        of = chosen.get(each.key, Chosen())
        kept[each.line.id] = max(kept[each.line.id], each.kept(of.waiting + of.there, of.opened))
    return kept


def check_right(session: Session, order: Order, now: datetime) -> None:
    """Raise WrongState unless the order can be withdrawn from now."""
    days = right.days_of(session, order)
    if right.lasts(order, today(now), days):
        return
    last = right.last_day(order, days)
    if last is not None and today(now) > last:
        raise WrongState(f"This order could be withdrawn from until {written(last)}. If something is wrong with it, "
                         "reply to the mail about it: your other rights last longer.")  # fmt: skip
    raise WrongState("There is nothing to withdraw from in this order.")


def known(session: Session, order: Order, submission: str) -> int | None:
    """The number of the return that this form made; None when it has made none yet."""
    return session.scalar(select(Return.number).where(Return.submission == _key(order, submission)))


def is_whole_unsent(order: Order, goods: Sequence[Goods], chosen: Mapping[Key, Chosen]) -> bool:
    """True when nothing has left and nothing is kept: then all the money goes back, with all of the shipping."""
    left = sum(each.units - each.taken for each in goods)
    return not order.parcels and left == sum(each.waiting for each in chosen.values())


def check_chosen(goods: Sequence[Goods], chosen: Mapping[Key, Chosen]) -> list[ReturnItem]:
    """What is to be written down of it. Raises BadInput and WrongState as `declare` does."""
    if not set(chosen) <= {each.key for each in goods}:
        raise BadInput("chosen", "This is not part of your order. Load the page again.")
    items = [item for each in goods for item in _of(each, chosen.get(each.key, Chosen()))]
    if not any(item.units for item in items):
        raise BadInput("chosen", "Choose at least one thing that you want to give back.")
    return items


def _of(goods: Goods, chosen: Chosen) -> list[ReturnItem]:
    if min(chosen.waiting, chosen.there, chosen.opened) < 0 or (chosen.opened and not goods.item.sealed):
        raise BadInput("chosen", "This cannot be chosen. Load the page again.")
    if chosen.waiting > goods.waiting or chosen.there + chosen.opened > goods.there:
        raise WrongState("Your order has changed since you opened this page. Load the page again, and choose anew.")
    about = {"line_id": goods.line.id, "item": goods.item}
    places = [list(each) for each in goods.paid]
    here, back = places[: chosen.waiting], places[chosen.waiting : chosen.waiting + chosen.there]
    items = []
    if here:
        items.append(ReturnItem(**about, sent=False, units=len(here), parts=here))
    if back or chosen.opened:
        items.append(ReturnItem(**about, sent=True, units=len(back), opened=chosen.opened, parts=back))
    return items


def _key(order: Order, submission: str) -> str:
    return f"{order.number}-{submission}"


def _written(session: Session, order: Order, items: list[ReturnItem], key: str, now: datetime) -> Return:
    about = {"kind": WITHDRAWAL, "submission": key, "actor": CUSTOMER, "declared_at": now, "items": items}
    row = Return(order=order, number=next_number(session, order), **about)
    if row.coming:
        row.send_by = today(now) + right.SEND_BACK
    session.add(row)
    session.flush()
    audit.record(session, at=now, actor=CUSTOMER, action="order.withdrawn", subject=order.number, withdrawal=row.number)
    return row


def _told_above(
    session: Session, order: Order, goods: Sequence[Goods], chosen: Mapping[Key, Chosen], now: datetime
) -> list[str]:
    """Let the rooms above know what is kept of each line; what they say of it to the customer."""
    kept = kept_of(goods, chosen)
    for line in order.lines:
        if not kept.get(line.id, line.quantity):
            line.given_back_at = line.given_back_at or now
    session.flush()
    settled = Settled("withdrawn", order, now, kept=kept)
    run_steps(session, settled)
    return settled.said


def _money_at_once(session: Session, order: Order, row: Return, whole: bool, now: datetime) -> list[str]:
    """Give back what was paid for what has not left; with the whole order its shipping, too."""
    here = [item for item in row.items if not item.sent]
    if not here:
        return []
    left = money_back.left(session, order)
    amount = left if whole else min(left, sum(item.amount for item in here))
    payment = paying(session, order.id)
    row.state = ANNOUNCED if row.coming else REFUNDED
    if payment is not None and payment.disputed:  # the desk refunds it once the bank has decided
        row.state = ANNOUNCED if row.coming else INSPECTED
        row.refund_by = today(now) + right.REFUND
        return money_back.end(session, order, actor=CUSTOMER, now=now) if whole else []
    if row.state == REFUNDED:
        row.ended_at = now
    if not amount:
        return []
    about = {"reason": WITHDRAWN, "actor": CUSTOMER, "return_id": row.id}
    return money_back.give_back(session, order, amount, now=now, **about).said  # type: ignore[arg-type]


def _demands(goods: Sequence[Goods], chosen: Mapping[Key, Chosen]) -> list[Demand]:
    mine = [(each, chosen[each.key].waiting) for each in goods if each.key in chosen]
    return [Demand(each.item.id, units, each.serves_until) for each, units in mine if units]
