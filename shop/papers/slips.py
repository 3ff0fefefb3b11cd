"""What a packing slip lists: a parcel's lots, or what an order still waits for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from kits.clock import today
from kits.dates import written
from kits.errors import NotFound
from kits.settings import setting
from kits.stock.moves.to_pack import waiting
from kits.stock.tables import Lot
from shop.orders.parcels.contents import contents
from shop.orders.tables import PAID, Order, Parcel
from shop.owner import facts
from shop.papers.pdf.packing_slip import SlipLine, packing_slip_pdf
from shop.papers.said import trader
from shop.templating import day


def packing_slip(session: Session, order: Order, parcel: int | None, *, now: datetime) -> bytes:
    """The PDF for a parcel that was sent, by its number, or (None) for what is packed next, else for all that was sent.

    Raises NotFound for a parcel there is not, and for an order of which nothing was sent or is to be packed.
    """
    sent = [each for each in order.parcels if parcel in (None, each.number)]
    if parcel is None and order.state == PAID:
        lines, parcel = _to_pack(session, order, now), len(order.parcels) + 1
    elif sent:
        lines = _sent(session, order, sent)
    else:
        raise NotFound("There is nothing to pack for this order.")
    return packing_slip_pdf(
        order,
        lines,
        ordered=day(order.made_at),
        parcel=parcel,
        trader=trader(facts.read(session), str(setting("NAME")), registered=False),
        shop=str(setting("NAME")),
        made_at=sent[-1].shipped_at if sent else order.made_at,
    )


def _to_pack(session: Session, order: Order, now: datetime) -> list[SlipLine]:
    wait = waiting(session, [order.number], today(now))[order.number]
    packed = [SlipLine(row.lot.item.name, _lot(row.lot), row.units) for row in wait.set_aside]
    return packed + [SlipLine(row.item.name, "No lot is set aside yet", row.units) for row in wait.not_yet]


def _sent(session: Session, order: Order, parcels: list[Parcel]) -> list[SlipLine]:
    inside = contents(session, order)
    return [SlipLine(each.lot.item.name, _lot(each.lot), each.units) for sent in parcels for each in inside[sent.id]]


def _lot(lot: Lot) -> str:
    return f"{lot.code}, good until {written(lot.expires_on)}"
