"""The notice as an order's buyer acknowledged it, to read and to print."""

from __future__ import annotations

from flask import render_template

from kits import clock
from kits.catalogue.notice import find_in_force
from kits.errors import NotFound
from kits.host import session
from shop.orders.acknowledged import acknowledged
from shop.orders.find import order_by_token


def notice(token: str) -> str:
    """The text of the order's own version, one for each of its kits, and the newer one if there is; or NotFound."""
    found = order_by_token(session(), token)
    read = acknowledged(session(), found)
    if not read:
        raise NotFound("No notice was acknowledged with this order.")
    today = clock.today(clock.now())
    in_force = {each.kit: find_in_force(session(), each.notice.kit_id, today) for each in read}
    return render_template("shop/order_notice.html", order=found, read=read, in_force=in_force)


ROUTES = (("/orders/<token>/notice", "order_notice", notice, ["GET"]),)
