"""A recall as the customer sees it on the order's page, and the one button: send me a replacement."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased
from werkzeug.wrappers import Response

from kits import clock, host
from kits.clock import today
from kits.errors import NotFound
from shop.doors import guard
from shop.orders.tables import Order
from shop.storefront.errors import answer, refusal
from shop.templating import speak, template_folder, words
from subscriptions.recall.boxes import plans_of
from subscriptions.recall.listing import Recipient
from subscriptions.recall.replacing import replace_box
from subscriptions.recall.tables import TOLD, RecalledBox


def blueprint() -> Blueprint:
    """`/orders/<token>/recalls/<box>/replace`."""
    made = Blueprint("refillery_recalled", __name__, template_folder=template_folder("subscriptions"))
    guard(made, refuse=refusal())
    speak(made)
    answer(made)
    made.post("/orders/<token>/recalls/<int:box_id>/replace")(replace)
    return made


def order_section(order: Order, now: datetime) -> str:
    """The recalled boxes of an order and of those that belong to it, once their customer was told; else empty."""
    session = host.session()
    family = aliased(Order)
    told = select(RecalledBox).join(family, family.id == RecalledBox.order_id).where(RecalledBox.state == TOLD)
    boxes = session.scalars(told.where(family.root_number == order.root_number).order_by(RecalledBox.id)).all()
    if not boxes:
        return ""
    found = [_seen(session, box, now) for box in boxes]
    return render_template("subscriptions/recall_section.html", order=order, found=found, today=today(now), **words())


def replace(token: str, box_id: int) -> Response:
    """Order the replacement, or note that it is waited for, and go back to the order."""
    mine = _mine(token, box_id)
    host.end_reads()
    replace_box(mine, actor="customer", now=clock.now())
    return redirect(url_for("refillery_storefront.order", token=token), 303)


def _seen(session: Session, box: RecalledBox, now: datetime) -> Recipient:
    day = today(now)
    return Recipient(box, plans_of(session, box.recall.lot.item_id, [box.order_id], day).get(box.order_id, []), [])


def _mine(token: str, box_id: int) -> int:
    """The box's id, if this order's link may see it; raises NotFound."""
    own, seen = aliased(Order), aliased(Order)
    found = host.session().scalar(
        select(RecalledBox.id)
        .join(own, own.id == RecalledBox.order_id)
        .join(seen, seen.root_number == own.root_number)
        .where(RecalledBox.id == box_id, seen.token == token, RecalledBox.state == TOLD)
    )
    if found is None:
        raise NotFound("There is no such recall. Check the link in your mail.")
    return found
