"""A person's data: downloading it, and erasing it after a sign-in of just now."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from kits import clock, host
from kits.errors import Busy, WrongState
from shop.customers.account import door
from shop.customers.forms import EraseForm
from shop.customers.personal import erasing, keeping, mails
from shop.customers.personal.export import whole
from shop.customers.signing_in import signed_in
from shop.customers.tables import Customer
from shop.orders.tables import Order
from shop.payments.gateway.contract import GatewayError
from shop.storefront.forms import Wrong, sentences, taken

NOT_SURE = "Please tick the box if you are sure. Nothing was erased."
NOT_NOW = "A payment of yours cannot be closed just now. Nothing was erased. Try again in some minutes."


@door.signed_in
def personal(customer: Customer) -> str:
    """What one can do with one's data."""
    return render_template("shop/account/personal.html", customer=customer)


@door.signed_in
def data(customer: Customer) -> Response:
    """All that we hold on the customer, as a file; no cache keeps it."""
    now = clock.now()
    found = whole.everything(host.session(), customer, now)
    answer = Response(json.dumps(found, ensure_ascii=False, indent=2), mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="data-{clock.today(now).isoformat()}.json"'
    return answer


@door.signed_in
def ask(customer: Customer) -> ResponseReturnValue:
    """What erasing takes away, what the law makes us keep, and the one button."""
    return _page(customer, {})


@door.signed_in
def erase(customer: Customer) -> ResponseReturnValue:
    """Erase the customer, once, if they signed in just now and mean it."""
    customer_id = customer.id
    try:
        sure = taken(EraseForm, request.form)["sure"]
    except Wrong as error:
        return _page(customer, sentences(error)), 422
    if not signed_in.signed_in_just_now():
        return _page(customer, {}), 403
    if not sure:
        return _page(customer, {"sure": NOT_SURE}), 422
    host.end_reads()
    try:
        erasing.erase(customer_id, now=clock.now())
    except (WrongState, Busy, GatewayError) as error:
        host.end_reads()
        sentence = NOT_NOW if isinstance(error, GatewayError) else str(error)
        return _page(host.session().get_one(Customer, customer_id), {}, sentence), 409
    signed_in.forget_customer()
    return redirect(url_for(".erased"), 303)


def erased() -> str:
    """That it is done; nobody is signed in any more."""
    return render_template("shop/account/erased.html")


def _page(customer: Customer, errors: dict[str, str], problem: str = "") -> str:
    session, now = host.session(), clock.now()
    orders = session.scalars(select(Order).where(Order.customer_id == customer.id).order_by(Order.id)).all()
    about: dict[str, Any] = mails.until(keeping.keepings(session, orders, clock.today(now)))
    return render_template(
        "shop/account/erase.html",
        customer=customer,
        errors=errors,
        problem=problem,
        hindrance=erasing.hindrance(session, customer.id, now),
        fresh=signed_in.signed_in_just_now(),
        invoice_years=keeping.INVOICE_YEARS,
        recall_years=keeping.RECALL_YEARS,
        **about,
    )


ROUTES = (
    ("/data", "personal", personal, ["GET"]),
    ("/data.json", "data", data, ["GET"]),
    ("/erase", "ask_erase", ask, ["GET"]),
    ("/erase", "erase", erase, ["POST"]),
    ("/erased", "erased", erased, ["GET"]),
)
