"""Where a plan's refills go, and the form that sends them elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from kits import clock, host
from kits.clock import today
from kits.errors import BadInput
from shop.customers.addresses import FIELDS
from shop.customers.forms import AddressForm
from shop.orders.checkout import Address
from shop.selling import rules
from shop.storefront.forms import Wrong, sentences, taken
from shop.templating import country
from subscriptions import find
from subscriptions.controls import changing
from subscriptions.controls.outlook import facts, outlook
from subscriptions.pages.controls.would import check
from subscriptions.tables import DeliveryAddress, Subscription


def of(plan: Subscription) -> Mapping[str, str]:
    """Where the plan's refills go now, by the names of the form's fields."""
    mine = select(DeliveryAddress).where(DeliveryAddress.subscription_id == plan.id)
    goes_to = host.session().scalars(mine).first() or plan.order
    return {field: getattr(goes_to, field) for field in FIELDS}


def address(token: str, subscription_id: int) -> Response | tuple[str, int]:
    """The form, filled in with where they go now; on POST they go to the new address."""
    plan = find.by_link(host.session(), token, subscription_id)
    check(plan)
    if request.method == "GET":
        return _form(plan, of(plan), {}), 200
    host.end_reads()
    try:
        given = taken(AddressForm, request.form)
        where = Address(**{field: given[field] for field in FIELDS if field != "name"})
        changing.change_address(subscription_id, given["name"], where, actor="customer", now=clock.now())
    except (Wrong, BadInput) as error:
        host.end_reads()
        return _form(find.by_link(host.session(), token, subscription_id), request.form, sentences(error)), 422
    return redirect(url_for(".plan", token=token, subscription_id=subscription_id, done="address"), 303)


def _form(plan: Subscription, values: Mapping[str, Any], errors: dict[str, str]) -> str:
    return render_template(
        "subscriptions/controls/address.html",
        plan=plan,
        values=values,
        errors=errors,
        countries=[(code, country(code)) for code in rules.countries()],
        seen=outlook(facts(plan, today(clock.now()))),
    )


ROUTES = (("/address", "address", address, ["GET", "POST"]),)
