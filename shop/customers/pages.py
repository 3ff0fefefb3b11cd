"""The customer's account: asking for a link, using it, seeing one's orders."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import select

from kits import clock, host
from kits.errors import NotFound
from shop.customers import links, signed_in
from shop.customers.tables import Customer
from shop.doors import guard
from shop.orders.tables import Order
from shop.registers import registers
from shop.storefront.errors import answer
from shop.templating import speak, template_folder

MOST_ORDERS = 50


def blueprint() -> Blueprint:
    """`/account/` and what stands beneath it."""
    made = Blueprint("refillery_account", __name__, url_prefix="/account", template_folder=template_folder())
    guard(made, limit="sign-in")
    speak(made)
    answer(made)
    made.get("/")(home)
    made.post("/")(ask)
    made.get("/sign-in/<token>")(link)
    made.post("/sign-in/<token>", endpoint="use")(use)
    made.post("/sign-out")(sign_out)
    return made


def home() -> ResponseReturnValue:
    """The account of whoever is signed in, else the form that asks for a link."""
    customer = signed_in.current_customer()
    if customer is None:
        return render_template("shop/sign_in.html")
    now = clock.now()
    sections = [Markup(section(customer, now)) for section in registers().account_sections]  # noqa: S704 - its contract
    return render_template("shop/account.html", customer=customer, orders=_orders(customer), sections=sections)


def ask() -> ResponseReturnValue:
    """Send a link; the answer is the same for every address."""
    links.send_link(request.form.get("email", ""), clock.now())
    return render_template("shop/sign_in_sent.html")


def link(token: str) -> ResponseReturnValue:
    """What the mailed link opens: a button. Mail scanners that open it use nothing up."""
    usable = links.leads_in(token, clock.now())
    return render_template("shop/sign_in_link.html", token=token, usable=usable), 200 if usable else 404


def use(token: str) -> ResponseReturnValue:
    """Use the link, once."""
    try:
        customer_id = links.use_link(token, clock.now())
    except NotFound:
        return render_template("shop/sign_in_link.html", token=token, usable=False), 404
    signed_in.remember_customer(customer_id)
    return redirect(url_for(".home"), 303)


def sign_out() -> ResponseReturnValue:
    """Sign out and go back to the account's door."""
    signed_in.forget_customer()
    return redirect(url_for(".home"), 303)


def _orders(customer: Customer) -> list[Order]:
    newest = select(Order).where(Order.customer_id == customer.id).order_by(Order.made_at.desc(), Order.id.desc())
    return list(host.session().scalars(newest.limit(MOST_ORDERS)))
