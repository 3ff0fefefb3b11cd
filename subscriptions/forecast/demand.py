"""What running plans will take from stock: their refills that are not ordered yet."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, null, select, union_all
from sqlalchemy.orm import Session

from kits.catalogue.retiring import in_force
from kits.catalogue.tables import Item, KitComponent
from kits.stock.outlook.forecast import Wanted
from shop.work.outbox import OutboxMail
from subscriptions.holding import held
from subscriptions.tables import ACTIVE, NOTIFIED, SCHEDULED, WAITING, Refill, Subscription

Boxes = tuple[int, date, date, datetime | None, int]
"""A kit's id, the day its boxes are charged, the day they must last until, when that was announced, how many."""


def plan_demand(session: Session, items: Iterable[Item], now: datetime) -> dict[int, list[Wanted]]:
    """Units by item id, each day's and each last session's added up; two statements however many plans there are.

    `items` are all items. A retired one counts for its successor, unless the
    refill was announced before. Plans on an open hold are left out: when they
    go on is not known. Commitments are these same refills seen from nearer,
    so they are not counted again.
    """
    known = {item.id: item for item in items}
    in_a_box = _in_a_box(session)
    units: Counter[tuple[int, date, date]] = Counter()
    for kit, on, until, announced, boxes in _boxes(session):
        for item, each in in_a_box[kit]:
            units[in_force(known[item], announced or now).id, on, until] += boxes * each
    demand: dict[int, list[Wanted]] = defaultdict(list)
    for (item, on, until), count in units.items():
        demand[item].append(Wanted(on, until, count))
    return demand


def _in_a_box(session: Session) -> dict[int, list[tuple[int, int]]]:
    """By kit id, the ids of the items in a refill box and how many of each."""
    contents: dict[int, list[tuple[int, int]]] = defaultdict(list)
    parts = select(KitComponent.kit_id, KitComponent.item_id, KitComponent.in_refill)
    for kit, item, each in session.execute(parts.where(KitComponent.in_refill > 0)):
        contents[kit].append((item, each))
    return contents


def _boxes(session: Session) -> Sequence[Boxes]:
    at = OutboxMail.queued_at
    announced = _counted(at).join(OutboxMail, OutboxMail.id == Refill.notice_id).group_by(at)
    announced = announced.where(Refill.notice_id.is_not(None))
    others = _counted(null()).where(Refill.notice_id.is_(None))
    return [(*row[:4], int(row[4])) for row in session.execute(union_all(announced, others))]


def _counted(announced: Any) -> Select[*tuple[Any, ...]]:
    keys = (Subscription.kit_id, Refill.charge_on, Refill.serves_until)
    boxes = select(*keys, announced, func.sum(Subscription.quantity))
    return boxes.join(Subscription, Subscription.id == Refill.subscription_id).where(_not_ordered()).group_by(*keys)


def _not_ordered() -> ColumnElement[bool]:
    state = Refill.state.in_((SCHEDULED, NOTIFIED, WAITING))
    return and_(Subscription.state == ACTIVE, state, Refill.order_id.is_(None), ~held(Subscription.id))
