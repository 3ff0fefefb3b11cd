"""The page behind a link in a mail that pays a refill in person: shown on GET, once to the payment page on POST."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kits import clock, host
from shop.doors import guard
from shop.orders.tables import AWAITING
from shop.payments.hosted import start
from shop.storefront.errors import answer, refusal
from shop.templating import speak, template_folder
from subscriptions.paying import links
from subscriptions.paying.tables import PayLink


def blueprint() -> Blueprint:
    """`/pay/<token>`; nobody need be signed in."""
    made = Blueprint("refillery_paying", __name__, template_folder=template_folder("subscriptions"))
    guard(made, refuse=refusal())
    speak(made)
    answer(made)
    made.get("/pay/<token>")(ask)
    made.post("/pay/<token>")(pay)
    made.post("/pay/<token>/again")(again)
    return made


def ask(token: str) -> str:
    """What is due and the one button; for a link that was used or has expired, a new one by mail."""
    return _page(links.find(host.session(), token), token)


def pay(token: str) -> Response | tuple[str, int]:
    """To the payment page, once."""
    link = links.find(host.session(), token)
    now, link_id, order_id = clock.now(), link.id, link.order_id
    if link.order.state != AWAITING or not links.works(link, now):
        return _page(link, token), 409
    host.end_reads()
    # The page first: a link is not used up while Stripe does not answer.
    page = start.pay_in_person(order_id, now=now)
    with host.unit() as session:
        links.take(session, link_id, now)
    return redirect(page, 303)


def again(token: str) -> Response | tuple[str, int]:
    """Mail a new link to the customer, one for each old link."""
    link = links.find(host.session(), token)
    link_id, awaited = link.id, link.order.state == AWAITING
    if not awaited:
        return _page(link, token), 409
    host.end_reads()
    links.mail_again(link_id, now=clock.now())
    return redirect(url_for(".ask", token=token, said="mailed"), 303)


def _page(link: PayLink, token: str) -> str:
    return render_template(
        "subscriptions/pay.html",
        link=link,
        order=link.order,
        token=token,
        works=links.works(link, clock.now()),
        mailed=request.args.get("said") == "mailed",
    )
