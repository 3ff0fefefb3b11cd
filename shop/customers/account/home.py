"""The account's first page: plans, orders, cards; the person's name, and signing out."""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import select, update

from kits import clock, host
from kits.errors import BadInput
from shop.customers.account import door
from shop.customers.forms import NameForm
from shop.customers.signing_in import signed_in
from shop.customers.tables import Customer
from shop.orders.checkout import LONGEST
from shop.orders.tables import Order
from shop.registers import registers
from shop.storefront.forms import Wrong, sentences, taken

A_PAGE = 50


def home() -> ResponseReturnValue:
    """The account of whoever is signed in, else the form that asks for a link; `?before=` goes on in the orders."""
    customer = signed_in.current_customer()
    if customer is None:
        return render_template("shop/sign_in.html", values={}, errors={})
    now, before = clock.now(), _before()
    found = _orders(customer, before)
    first = before is None
    return render_template(
        "shop/account/home.html",
        customer=customer,
        orders=found[:A_PAGE],
        more=found[A_PAGE - 1].id if len(found) > A_PAGE else None,
        first=first,
        sections=[Markup(each(customer, now)) for each in registers().account_sections] if first else [],  # noqa: S704 - its contract
        runs=[each for runs in registers().runs for each in runs(host.session(), customer, now)] if first else [],
    )


@door.signed_in
def details(customer: Customer) -> str:
    """The form with the person's name."""
    return render_template("shop/account/details.html", customer=customer, values={"name": customer.name}, errors={})


@door.signed_in
def rename(customer: Customer) -> ResponseReturnValue:
    """Change the name; orders that were placed keep theirs."""
    try:
        name = taken(NameForm, request.form)["name"].strip()
        if len(name) > LONGEST["name"]:
            raise BadInput("name", f"Please keep this under {LONGEST['name']} characters.")
    except (Wrong, BadInput) as error:
        page = render_template(
            "shop/account/details.html", customer=customer, values=request.form, errors=sentences(error)
        )
        return page, 422
    theirs = update(Customer).where(Customer.id == customer.id, Customer.erased_at.is_(None))
    host.end_reads()
    with host.unit() as session:
        session.execute(theirs.values(name=name))
    return redirect(url_for(".home"), 303)


def sign_out() -> ResponseReturnValue:
    """Sign out of this browser and go back to the account's door."""
    signed_in.forget_customer()
    return redirect(url_for(".home"), 303)


@door.signed_in
def sign_out_everywhere(customer: Customer) -> ResponseReturnValue:
    """Sign out of every browser."""
    customer_id = customer.id
    host.end_reads()
    signed_in.forget_customer_everywhere(customer_id)
    return redirect(url_for(".home"), 303)


def _orders(customer: Customer, before: int | None) -> Sequence[Order]:
    """A page of orders, the newest first, and one more when there is a next page."""
    query = select(Order).where(Order.customer_id == customer.id).order_by(Order.id.desc()).limit(A_PAGE + 1)
    if before is not None:
        query = query.where(Order.id < before)
    return host.session().scalars(query).all()


def _before() -> int | None:
    asked = request.args.get("before", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None


ROUTES = (
    ("/", "home", home, ["GET"]),
    ("/details", "details", details, ["GET"]),
    ("/details", "rename", rename, ["POST"]),
    ("/sign-out", "sign_out", sign_out, ["POST"]),
    ("/sign-out-everywhere", "sign_out_everywhere", sign_out_everywhere, ["POST"]),
)
