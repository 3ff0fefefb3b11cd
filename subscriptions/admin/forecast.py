"""The forecast's pages: all items, one item's year, and the card on the admin's first page.

They read what a duty keeps, and say how old that is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from kits import clock, host
from kits.catalogue.tables import Item
from kits.dates import short
from kits.stock.outlook.chart import drawn
from kits.stock.outlook.forecast import ItemForecast
from kits.stock.outlook.kept import committed_units, kept_item, kept_items
from kits.stock.outlook.tables import KeptForecast
from shop.admin import PROBLEM
from shop.admin.door import staff_only
from shop.doors import guard
from shop.storefront import errors
from shop.templating import speak, template_folder, words
from subscriptions.forecast.keeping import keep_forecasts
from subscriptions.forecast.telling import ago, as_csv, by_urgency, plain

OLD = timedelta(hours=1)
"""When what a duty keeps every quarter of an hour is older than this, no worker is at it."""


def blueprint() -> Blueprint:
    """`/admin/forecast…`, for staff alone."""
    made = Blueprint(
        "refillery_forecast", __name__, url_prefix="/admin/forecast", template_folder=template_folder("subscriptions")
    )
    staff_only(made)
    made.get("")(overview)
    made.post("")(anew)
    made.get("/<sku>")(item)
    made.post("/<sku>", endpoint="item_anew")(anew)
    made.get("/<sku>.json")(item_json)
    made.get("/<sku>.csv")(item_csv)
    speak(made)
    errors.answer(made, PROBLEM)
    guard(made, refuse=errors.refusal(PROBLEM))
    return made


def overview() -> str:
    """All items, what is to be ordered first on top."""
    kept = kept_items(host.session())
    found = by_urgency(map(_foretold, kept))
    nothing_wanted = not any(week.wanted for _, forecast in found for week in forecast.weeks)
    return render_template(
        "subscriptions/admin/forecast.html", found=found, nothing_wanted=nothing_wanted, **_age(kept)
    )


def item(sku: str) -> str:
    """One item's year: drawn, in a sentence, with the advice and week by week."""
    kept = kept_item(host.session(), sku)
    about, forecast = _foretold(kept)
    return render_template(
        "subscriptions/admin/forecast_item.html",
        item=about,
        forecast=forecast,
        chart=drawn(forecast, about.safety_stock),
        short=short,
        wanted=sum(week.wanted for week in forecast.weeks),
        committed=committed_units(host.session(), about.id),
        order_url=_order_url(about, forecast, clock.today(clock.now())),
        **_age([kept]),
    )


def anew(sku: str | None = None) -> BaseResponse:
    """Work all of it out at once, and go back to the page."""
    host.end_reads()
    keep_forecasts(clock.now())
    page = "refillery_forecast.overview" if sku is None else "refillery_forecast.item"
    return redirect(url_for(page, sku=sku), 303)


def item_json(sku: str) -> Response:
    """The page's figures as JSON."""
    kept = kept_item(host.session(), sku)
    return jsonify({**plain(*_foretold(kept)), "made_at": kept.made_at.isoformat()})


def item_csv(sku: str) -> Response:
    """The page's table as CSV, as a file to keep."""
    answer = Response(as_csv(_foretold(kept_item(host.session(), sku))[1]), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"forecast-{sku}.csv")
    return answer


def today_card(now: datetime) -> str:
    """The admin's card: what runs out next, by what is kept; empty when nothing does."""
    found = [each for each in map(_foretold, kept_items(host.session())) if each[1].runs_out_on]
    if not found:
        return ""
    about, forecast = min(found, key=lambda each: (each[1].runs_out_on, each[0].sku))
    shown: dict[str, Any] = {"item": about, "forecast": forecast, "more": len(found) - 1, "short": short}
    return render_template("subscriptions/admin/forecast_card.html", **shown, **words())


def _foretold(kept: KeptForecast) -> tuple[Item, ItemForecast]:
    return kept.item, ItemForecast.from_json(kept.figures)


def _age(kept: Iterable[KeptForecast]) -> dict[str, Any]:
    """When the oldest was worked out, in words, and whether that is too long ago; None when none is kept."""
    made_at, now = min((row.made_at for row in kept), default=None), clock.now()
    if made_at is None:
        return {"made_at": None}
    return {"made_at": made_at, "ago": ago(made_at, now), "old": now - made_at > OLD}


def _order_url(item: Item, forecast: ItemForecast, today: date) -> str | None:
    """The form of a purchase order, filled in as advised."""
    if forecast.order is None:
        return None
    expected = max(forecast.order.needed_by, today + timedelta(days=item.lead_days))
    asked: dict[str, Any] = {
        "sku": item.sku,
        "quantity": forecast.order.quantity,
        "expected": expected,
        "supplier": item.supplier,
    }
    return url_for("refillery_admin.new_purchase_order", **asked)
