"""The notices that an order's buyer acknowledged: an order names its versions for ever."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from kits.catalogue.tables import ContraindicationNotice, Kit
from shop.orders.tables import Acknowledgement, Order


@dataclass(frozen=True)
class Acknowledged:
    """What was acknowledged (`given`), the version it names, and the slug and the name of the kit that is of."""

    given: Acknowledgement
    notice: ContraindicationNotice
    kit: str
    kit_name: str


def acknowledged(session: Session, order: Order) -> Sequence[Acknowledged]:
    """What was acknowledged with the order, or with the first order behind a refill's, by kit; one statement."""
    first = aliased(Order)
    rows = session.execute(
        select(Acknowledgement, ContraindicationNotice, Kit.slug, Kit.name)
        .join(first, first.id == Acknowledgement.order_id)
        .join(ContraindicationNotice, ContraindicationNotice.id == Acknowledgement.notice_id)
        .join(Kit, Kit.id == ContraindicationNotice.kit_id)
        .where(first.number == order.root_number)
        .order_by(Kit.name, Acknowledgement.id)
    )
    return [Acknowledged(*row) for row in rows]
