"""The order's page: what it is waiting for, what happens next, paying and cancelling."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial

from flask import redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from kits import clock
from kits.catalogue.plan_line import Marks, plan_line
from kits.errors import RefilleryError, WrongState
from kits.host import end_reads, session
from shop.orders.find import order_by_token
from shop.orders.parcels.carriers import tracking_page
from shop.orders.parcels.contents import contents, still_to_come
from shop.orders.tables import AWAITING, PAID, Order
from shop.papers.issuing import papers_of
from shop.papers.said import percent
from shop.payments import settle
from shop.payments.hosted import release, start
from shop.payments.hosted.buying import Bought
from shop.registers import registers
from shop.returns.lists import GivenBack
from shop.storefront.in_basket.unpaid import can_be_put_back

log = logging.getLogger("refillery.storefront")
SAID = {"unavailable", "checking", "paid", "busy"}


def order(token: str) -> str:
    """The order as it stands; `?said=` is what a step before this page found out."""
    now = clock.now()
    current = session()
    found = order_by_token(current, token)
    marks = Marks(today=clock.today(now))
    said = request.args.get("said", "")
    return render_template(
        "shop/order.html",
        order=found,
        lines=[(line, None if line.loose else plan_line(line.plan, marks)) for line in found.lines],
        said=said if said in SAID else "",
        told=told(found, now),
        contents=contents(current, found) if found.parcels else {},
        to_come=still_to_come(current, found) if found.parcels else {},
        given_back=GivenBack.of(current, found, clock.today(now)),
        tracking_page=tracking_page,
        papers=papers_of(current, found.id) if found.paid_at else [],
        percent=percent,
        can_be_put_back=can_be_put_back(found),
    )


def told(found: Order, now: datetime) -> Markup:
    """What the rooms above say about an order; their HTML is safe by contract."""
    return Markup("").join(Markup(section(found, now)) for section in registers().order_sections)  # noqa: S704


def pay(token: str) -> Response:
    """To the payment page."""
    order_id = order_by_token(session(), token).id
    end_reads()
    return to_payment(Bought(order_id, token, partial(start.pay_in_person, order_id, now=clock.now())))


def to_payment(bought: Bought) -> Response:
    """Send the customer to the gateway's page; if it does not answer, to the order, where they can try again."""
    try:
        page = bought.page()
    except WrongState:
        return to_order(bought.token)
    except RefilleryError as error:
        if not error.retry:
            log.error("order %s cannot be paid: %s", bought.order_id, type(error).__name__)
        return to_order(bought.token, "unavailable")
    return redirect(page, 303)


def cancel(token: str) -> Response:
    """Cancel an unpaid order, unless its payment has arrived meanwhile."""
    order_id = order_by_token(session(), token).id
    end_reads()
    try:
        state = release.cancel(order_id, now=clock.now())
    except RefilleryError as error:
        log.warning("order %s was not cancelled: %s", order_id, type(error).__name__)
        return to_order(token, "busy")
    return to_order(token, "paid" if state == PAID else "")


def order_return(token: str) -> Response:
    """Back from the payment page: settle what the gateway says about it, then show the order."""
    order_by_token(session(), token)
    end_reads()
    if page_id := request.args.get("page_id"):
        try:
            settle.settle_page(page_id, now=clock.now())
        except RefilleryError as error:
            # The webhook or the worker settles it; the customer only waits a little longer.
            log.warning("settling on return failed: %s", type(error).__name__)
    waiting = order_by_token(session(), token).state == AWAITING
    return to_order(token, "checking" if waiting else "")


def to_order(token: str, said: str = "") -> Response:
    """303 to the order's page."""
    return redirect(url_for("refillery_storefront.order", token=token, said=said or None), 303)


ROUTES = (
    ("/orders/<token>", "order", order, ["GET"]),
    ("/orders/<token>/pay", "pay", pay, ["POST"]),
    ("/orders/<token>/cancel", "cancel", cancel, ["POST"]),
    ("/orders/<token>/return", "order_return", order_return, ["GET"]),
)
