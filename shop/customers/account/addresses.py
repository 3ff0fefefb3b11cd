"""The address book: add, change, remove and put back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kits import clock, host
from kits.errors import BadInput, NotFound, WrongState
from shop.customers import addresses
from shop.customers.account import door
from shop.customers.forms import AddressForm
from shop.customers.tables import Customer, SavedAddress
from shop.registers import registers
from shop.selling import rules
from shop.storefront.forms import Wrong, sentences, taken
from shop.templating import country

Write = Callable[[Mapping[str, Any], datetime], None]


@door.signed_in
def overview(customer: Customer) -> str:
    """The book, where running refills go, and the way back for the address in `?removed=`."""
    return _overview(customer)


@door.signed_in
def new(customer: Customer) -> str:
    """The empty form."""
    return _form({"name": customer.name}, {}, None)


@door.signed_in
def edit(customer: Customer, address_id: int) -> str:
    """The form with an address of the book."""
    address = addresses.one(host.session(), customer.id, address_id)
    known = {field: getattr(address, field) for field in addresses.FIELDS}
    return _form({**known, "is_default": address.is_default}, {}, address_id)


@door.signed_in
def add(customer: Customer) -> ResponseReturnValue:
    """Add an address."""
    customer_id = customer.id
    return _written(lambda given, now: addresses.add(customer_id, given, now=now), None)


@door.signed_in
def change(customer: Customer, address_id: int) -> ResponseReturnValue:
    """Change an address."""
    customer_id = customer.id
    return _written(lambda given, now: addresses.change(customer_id, address_id, given, now=now), address_id)


@door.signed_in
def remove(customer: Customer, address_id: int) -> ResponseReturnValue:
    """Remove an address, and offer to put it back; one that is gone already is gone."""
    customer_id = customer.id
    host.end_reads()
    try:
        addresses.remove(customer_id, address_id, now=clock.now())
    except NotFound:
        return redirect(url_for(".addresses"), 303)
    return redirect(url_for(".addresses", removed=address_id), 303)


@door.signed_in
def put_back(customer: Customer, address_id: int) -> ResponseReturnValue:
    """Put a removed address back."""
    customer_id = customer.id
    host.end_reads()
    try:
        addresses.put_back(customer_id, address_id, now=clock.now())
    except WrongState as error:
        return _overview(host.session().get_one(Customer, customer_id), str(error)), 409
    return redirect(url_for(".addresses"), 303)


def _overview(customer: Customer, problem: str = "") -> str:
    session, now = host.session(), clock.now()
    return render_template(
        "shop/account/addresses.html",
        book=addresses.book(session, customer.id),
        most=addresses.MOST,
        runs=[each for runs in registers().runs for each in runs(session, customer, now)],
        removed=_removed(customer, now),
        problem=problem,
    )


def _written(write: Write, address_id: int | None) -> ResponseReturnValue:
    host.end_reads()
    try:
        write(taken(AddressForm, request.form), clock.now())
    except (Wrong, BadInput) as error:
        return _form(request.form, sentences(error), address_id), 422
    return redirect(url_for(".addresses"), 303)


def _form(values: Mapping[str, Any], errors: dict[str, str], address_id: int | None) -> str:
    countries = [(code, country(code)) for code in rules.countries()]
    return render_template(
        "shop/account/address.html", values=values, errors=errors, address_id=address_id, countries=countries
    )


def _removed(customer: Customer, now: datetime) -> SavedAddress | None:
    """The address that can still be put back."""
    asked = request.args.get("removed", "")
    if not asked.isascii() or not asked.isdigit() or len(asked) > 18:
        return None
    return addresses.removed(host.session(), customer.id, int(asked), now)


ROUTES = (
    ("/addresses", "addresses", overview, ["GET"]),
    ("/addresses", "add_address", add, ["POST"]),
    ("/addresses/new", "new_address", new, ["GET"]),
    ("/addresses/<int:address_id>", "edit_address", edit, ["GET"]),
    ("/addresses/<int:address_id>", "change_address", change, ["POST"]),
    ("/addresses/<int:address_id>/remove", "remove_address", remove, ["POST"]),
    ("/addresses/<int:address_id>/put-back", "put_address_back", put_back, ["POST"]),
)
