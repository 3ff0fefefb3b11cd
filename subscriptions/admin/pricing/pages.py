"""The pages of prices: what holds, what is to come, and two forms that are looked over before anything happens."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kits import clock, host
from kits.catalogue import pricing
from kits.catalogue.pricing import FARTHEST, NewPrice
from kits.errors import BadInput
from kits.money import Money
from kits.settings import currency, setting
from shop.admin import PROBLEM
from shop.admin.door import actor, staff_only
from shop.admin.notices.versions import kit_of
from shop.doors import guard
from shop.storefront import errors
from shop.storefront.forms import Wrong, sentences
from shop.templating import speak, template_folder
from subscriptions.admin.pricing import seen
from subscriptions.admin.pricing.forms import BuyersForm, PlansForm, read
from subscriptions.prices import announcing
from subscriptions.prices.announcing import NewRefillPrice

Answer = Response | str | tuple[str, int]


def blueprint() -> Blueprint:
    """`/admin/prices…`, for staff alone."""
    made = Blueprint(
        "refillery_prices", __name__, url_prefix="/admin/prices", template_folder=template_folder("subscriptions")
    )
    staff_only(made)
    made.get("")(overview)
    made.get("/<kit>/buyers")(buyers)
    made.post("/<kit>/buyers", endpoint="set_price")(set_price)
    made.get("/<kit>/plans")(plans)
    made.post("/<kit>/plans", endpoint="announce")(announce)
    made.post("/dated/<int:price_id>/take-back")(take_back)
    made.post("/changes/<int:change_id>/undo")(undo)
    speak(made)
    errors.answer(made, PROBLEM)
    guard(made, refuse=errors.refusal(PROBLEM))
    return made


def overview() -> str:
    """Every kit: prices for new buyers, what running plans pay, what was announced to them."""
    now = clock.now()
    kits = seen.kits(host.session(), now)
    return render_template("subscriptions/admin/prices/list.html", kits=kits, said=request.args.get("said", ""))


def buyers(kit: str) -> str:
    """The form for a price that new buyers pay."""
    tomorrow = clock.today(clock.now()) + timedelta(days=1)
    kind = request.args.get("kind", "")
    return _buyers(kit, {"kind": kind, "amount": "", "day": tomorrow.isoformat(), "submission": _mark()}, {})


def set_price(kit: str) -> Answer:
    """Show what the price would be, or set it."""
    try:
        typed = read(BuyersForm, request.form)
        new = NewPrice(typed["kind"], typed["amount"], typed["day"], typed["submission"])
        if typed["step"] == "set":
            pricing.set_price(kit, new, actor=actor(), now=clock.now())
            return _to_overview("set")
        current = host.session()
        pricing.check(current, kit_of(current, kit).id, new, clock.now())
        return _buyers(kit, request.form, {}, new)
    except (Wrong, BadInput) as error:
        host.end_reads()
        return _buyers(kit, request.form, sentences(error)), 422


def plans(kit: str) -> str:
    """The form for a new price of running plans."""
    soonest = clock.today(clock.now()) + timedelta(days=setting("PRICE_NOTICE_DAYS") + 1)
    return _plans(kit, {"amount": "", "day": soonest.isoformat(), "submission": _mark()}, {})


def announce(kit: str) -> Answer:
    """Show whom it concerns and what the mail says, or announce it."""
    try:
        typed = read(PlansForm, request.form)
        new = NewRefillPrice(typed["amount"], typed["day"], typed["submission"])
        if typed["step"] == "announce":
            announcing.announce(kit, new, actor=actor(), now=clock.now())
            return _to_overview("announced")
        return _plans(kit, request.form, {}, new)
    except (Wrong, BadInput) as error:
        host.end_reads()
        return _plans(kit, request.form, sentences(error)), 422


def take_back(price_id: int) -> Response:
    """Take back a price that does not hold yet."""
    pricing.take_back(price_id, actor=actor(), now=clock.now())
    return _to_overview("taken-back")


def undo(change_id: int) -> Response:
    """Take an announcement back before its first mail is written."""
    announcing.undo(change_id, actor=actor(), now=clock.now())
    return _to_overview("undone")


def _buyers(kit: str, values: Mapping[str, Any], found: dict[str, str], new: NewPrice | None = None) -> str:
    current, now = host.session(), clock.now()
    row = kit_of(current, kit)
    more = {"dated": seen.dated(current, row.id, now), "kinds": list(pricing.KINDS.items())}
    return _rendered("buyers", row, values, found, new, now, **more)


def _plans(kit: str, values: Mapping[str, Any], found: dict[str, str], new: NewRefillPrice | None = None) -> str:
    """The form; with `new` beside whom it concerns and the mail. Raises BadInput as announcing it would."""
    current, now = host.session(), clock.now()
    row, more = kit_of(current, kit), dict[str, Any]()
    if new is not None:
        more["outlook"] = announcing.check(current, row.id, new, now)
        more["mail"] = announcing.example(current, row.id, new, now)
    more["notice_days"], more["wait"] = setting("PRICE_NOTICE_DAYS"), announcing.UNDO
    return _rendered("plans", row, values, found, new, now, **more)


def _rendered(name: str, kit: Any, values: Any, found: Any, new: Any, now: Any, **more: Any) -> str:
    today = clock.today(now)
    return render_template(
        f"subscriptions/admin/prices/{name}.html",
        kit=kit,
        values=values,
        errors=found,
        new=new,
        price=Money(new.amount, currency()) if new else None,
        today=today,
        first_day=today.isoformat(),
        last_day=(today + FARTHEST).isoformat(),
        **more,
    )


def _mark() -> str:
    return secrets.token_urlsafe(16)


def _to_overview(said: str) -> Response:
    return redirect(url_for("refillery_prices.overview", said=said), 303)
