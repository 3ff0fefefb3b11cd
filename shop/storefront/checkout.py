"""The checkout: one page with the plan, the notice and the address, and the order it makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kits import clock
from kits.errors import BadInput, SoldOut
from kits.host import end_reads, session
from shop.customers.addresses import filled_in
from shop.customers.signing_in.signed_in import current_customer
from shop.orders.checkout import Address, Purchase, Seen
from shop.payments.hosted import buying
from shop.payments.hosted.buying import Bought
from shop.storefront import kept
from shop.storefront.buying.page import page
from shop.storefront.forms import CheckoutForm, Wrong, sentences, taken
from shop.storefront.orders import to_payment

STALE = "The basket has changed, or this form was open for too long. Please look it over and press the button again."
LONGEST_SUM = 9
"""Digits of a sum that a form may carry."""


def checkout() -> Response | str:
    """The form, filled in for whoever is signed in; without anything to buy, back to the basket."""
    shown = page(filled_in(session(), current_customer()), {}) if kept.wishes() else None
    return shown[0] if shown else _to_basket()


def buy() -> Response | tuple[str, int]:
    """Place the order and send the customer to pay it; another button than that one shows the form anew."""
    if request.form.get("do", "pay") != "pay":
        return _again({}, 200)
    try:
        bought = buying.buy(_purchase(taken(CheckoutForm, request.form)), now=clock.now())
    except (Wrong, BadInput) as error:
        placed = _placed()
        if placed is None:
            return _again(sentences(error), 422)
        bought = placed
    except SoldOut as error:
        return _again({"lines": str(error)}, 409)
    kept.ordered(request.form.get("submission", ""), bought.token)
    return to_payment(bought)


def not_now() -> Response:
    """For whoever the notice is about: what to ask, and the way out. Nothing is kept of it."""
    shown = make_response(render_template("shop/not_now.html"))
    shown.cache_control.no_store = True
    return shown


def _placed() -> Bought | None:
    """The order that this form has made already, whatever is in it by now."""
    mark = request.form.get("submission", "")
    end_reads()
    return buying.bought_by(mark, now=clock.now()) if kept.is_ours(mark) else None


def _again(errors: Mapping[str, str], status: int) -> Response | tuple[str, int]:
    end_reads()
    shown = page(request.form, errors) if kept.wishes() else None
    if shown is None:
        return _to_basket()
    text, holds = shown
    return text, status if holds or status != 200 else 422


def _purchase(read: Mapping[str, Any]) -> Purchase:
    if not kept.is_ours(read["submission"]):
        raise BadInput("submission", STALE)
    wishes = tuple(kept.wishes())
    return Purchase(
        email=read["email"],
        name=read["name"],
        address=Address(read["line1"], read["city"], read["postcode"], read["country"], read["line2"]),
        wishes=wishes,
        notice_version={wish.kit: request.form.get(f"version-{wish.kit}", "") for wish in wishes},
        accepted=read["accepted"],
        submission=read["submission"],
        shipping=read["shipping"] or None,
        discount=read["discount"] or None,
        seen=_seen(read["shipping"]),
    )


def _seen(way: str) -> Seen:
    """What stood on the page beside the way that was chosen; raises BadInput for a form that is not whole."""
    form = request.form
    due, later = form.get(f"due-{way}", form.get("due", "")), form.get("later", "")
    if not all(each.isascii() and each.isdigit() and len(each) <= LONGEST_SUM for each in (due, later)):
        raise BadInput("submission", STALE)
    return Seen(int(due), int(due) + int(later), form.get("terms", ""))


def _to_basket() -> Response:
    return redirect(url_for("refillery_storefront.basket"), 303)


ROUTES = (
    ("/checkout", "checkout", checkout, ["GET"]),
    ("/checkout", "buy", buy, ["POST"]),
    ("/checkout/not-now", "not_now", not_now, ["GET"]),
)
