"""The checkout: one page with the plan, the notice and the address, and the order it makes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kits import clock
from kits.catalogue.notice import notice_in_force
from kits.catalogue.tables import ContraindicationNotice
from kits.errors import BadInput
from kits.host import end_reads, session
from shop.customers.addresses import filled_in
from shop.customers.signed_in import current_customer
from shop.orders.basket import due_today, plan_total
from shop.orders.checkout import Address, Purchase
from shop.payments import buying
from shop.selling import rules, shipping
from shop.storefront import kept
from shop.storefront.basket import Row, row
from shop.storefront.forms import CheckoutForm, Wrong, sentences, taken
from shop.storefront.orders import to_payment
from shop.templating import country

STALE = "This form was open for too long. Please look it over and press the button again."


def checkout() -> Response | str:
    """The form, filled in for whoever is signed in; without anything to buy, back to the basket."""
    return _page(filled_in(session(), current_customer()), {}) or redirect(url_for("refillery_storefront.basket"), 303)


def buy() -> Response | tuple[str, int]:
    """Place the order and send the customer to pay it."""
    try:
        bought = buying.buy(_purchase(taken(CheckoutForm, request.form)), now=clock.now())
    except (Wrong, BadInput) as error:
        end_reads()
        page = _page(request.form, sentences(error))
        return (page, 422) if page else redirect(url_for("refillery_storefront.basket"), 303)
    kept.ordered()
    return to_payment(bought)


def _purchase(read: Mapping[str, Any]) -> Purchase:
    if not kept.is_ours(read["submission"]):
        raise BadInput("submission", STALE)
    return Purchase(
        email=read["email"],
        name=read["name"],
        address=Address(read["line1"], read["city"], read["postcode"], read["country"]),
        wishes=tuple(kept.wishes()),
        notice_version=read["version"],
        accepted=read["accepted"],
        submission=read["submission"],
    )


def _page(values: Mapping[str, str], errors: dict[str, str]) -> str | None:
    """The form with what was typed; None when the basket holds nothing that can be bought as it is."""
    now = clock.now()
    rows = [row(wish, now) for wish in kept.wishes()]
    lines = [each.priced for each in rows if each.priced]
    if not lines or len(lines) < len(rows):
        return None
    return render_template(
        "shop/checkout.html",
        rows=rows,
        values=values,
        errors=errors,
        notices=_notices(rows, now),
        countries=[(code, country(code)) for code in shipping.countries(rules.read(session()).zones)],
        due_today=due_today(lines),
        plan_total=plan_total(lines),
        submission=kept.submission(),
        follows=[each for each in lines if each.refills],
    )


def _notices(rows: list[Row], now: datetime) -> list[ContraindicationNotice]:
    """The notices in force for what is bought, one a kit."""
    kit_ids = dict.fromkeys(each.priced.offer.kit.id for each in rows if each.priced)
    return [notice_in_force(session(), kit_id, clock.today(now)) for kit_id in kit_ids]


ROUTES = (
    ("/checkout", "checkout", checkout, ["GET"]),
    ("/checkout", "buy", buy, ["POST"]),
)
