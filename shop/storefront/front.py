"""The front page, the kit's page with its plan builder, and the plan as a fragment of that page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from kits import clock
from kits.catalogue import needles
from kits.catalogue.kits import PricedKit, kit_by_slug, published_kits
from kits.catalogue.notice import notice_in_force
from kits.catalogue.plan_line import PlanLine, plan_line
from kits.catalogue.results_line import results_line
from kits.catalogue.unit_price import per_100_ml
from kits.errors import BadInput
from kits.host import session
from kits.stock.promises.reservations import how_many
from shop.orders.basket import LATEST_START_DAYS, MOST_A_LINE, PricedLine, Wish, price
from shop.owner import facts
from shop.registers import registers
from shop.storefront.forms import PlanForm, Wrong, sentences, taken
from shop.storefront.telling import product, told

DAYS_TO_DELIVER = 7
FIELDS = ("sessions", "every_weeks", "start", "quantity", "refills")


@dataclass(frozen=True)
class Offered:
    """A plan worked out for a kit: its line, its prices, and how many times stock can meet it."""

    priced: PricedLine
    line: PlanLine
    left: int


def front() -> str:
    """The front page: every kit on sale, and what the longest plan of the first looks like."""
    now = clock.now()
    offers = published_kits(session(), now)
    known = facts.shown()
    example = _example(offers[0], now) if offers else {}
    return render_template("shop/front.html", offers=offers, shop_facts=known, **told("front"), **example)


def kits() -> BaseResponse:
    """Straight to the kit while there is only one."""
    offers = published_kits(session(), clock.now())
    if len(offers) == 1:
        asked: dict[str, Any] = {field: request.args[field] for field in FIELDS if field in request.args}
        return redirect(url_for("refillery_storefront.kit", slug=offers[0].kit.slug, **asked))
    return redirect(url_for("refillery_storefront.front"))


def kit(slug: str) -> tuple[str, int]:
    """The kit with the plan asked for in the query, or one to start from."""
    return kit_page(slug, request.args)


def kit_page(slug: str, asked: Mapping[str, str], errors: dict[str, str] | None = None) -> tuple[str, int]:
    """The kit's page with what was typed; with `errors` as a 422."""
    now = clock.now()
    offer = kit_by_slug(session(), slug, now)
    found = _plan(offer, asked, now)
    found["errors"] = errors or found["errors"]
    notice = notice_in_force(session(), offer.kit.id, clock.today(now))
    page = render_template("shop/kit.html", notice=notice, **_choices(offer, now), **_about(offer, found), **found)
    return page, 422 if found["errors"] else 200


def plan(slug: str) -> tuple[Response, int]:
    """The part of the kit's page that a change of the plan changes."""
    now = clock.now()
    found = _plan(kit_by_slug(session(), slug, now), request.args, now)
    part = Response(render_template("shop/kit_plan.html", **found))
    part.cache_control.no_store = True
    return part, 422 if found["errors"] else 200


def _plan(offer: PricedKit, asked: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """What the plan builder shows: the typed values, and the plan or the sentences about it."""
    values = _start_from(offer, now) | {field: asked[field] for field in FIELDS if field in asked}
    found: dict[str, Any] = {"offer": offer, "values": values, "offered": None, "errors": {}}
    found |= {"offers_refills": registers().offers_refills, "shop_facts": facts.shown()}
    try:
        found["offered"] = _offered(offer, wish_from(offer.kit.slug, taken(PlanForm, values)), now)
    except (Wrong, BadInput) as error:
        found["errors"] = sentences(error)
    return found


def wish_from(slug: str, read: Mapping[str, Any]) -> Wish:
    """The wish that a plan form says."""
    return Wish(kit=slug, **{field: read[field] for field in FIELDS})


def _offered(offer: PricedKit, wish: Wish, now: datetime) -> Offered:
    line = price(offer, wish, now)
    return Offered(line, plan_line(line.plan), how_many(session(), line.demands(), clock.today(now)))


def _about(offer: PricedKit, found: Mapping[str, Any]) -> dict[str, Any]:
    """What the kit's page says of the kit, whatever plan is asked for."""
    address, offered = told("kit", slug=offer.kit.slug), found["offered"]
    return {
        **address,
        "structured": product(offer, found["shop_facts"], offered.left, **address) if offered else None,
        "unit_price": per_100_ml(offer.refill_price, offer.kit.components),
        "needle": needles.written(offer.kit.needle_um),
        "needle_warning": needles.needs_warning(offer.kit.needle_um),
        "results": results_line(offer.kit.results),
    }


def _example(offer: PricedKit, now: datetime) -> dict[str, Any]:
    """The longest plan of a kit, which the front page draws, and what it costs."""
    limits = offer.kit.limits
    plan = limits.plan(limits.max_sessions, limits.max_weeks, clock.today(now) + timedelta(days=DAYS_TO_DELIVER))
    return {
        "example": plan_line(plan),
        "example_total": offer.total(plan),
        "needle": needles.written(offer.kit.needle_um),
        "results": results_line(offer.kit.results),
    }


def _start_from(offer: PricedKit, now: datetime) -> dict[str, str]:
    """A plan in the middle of what the kit allows, once the parcel has arrived."""
    limits = offer.kit.limits
    return {
        "sessions": str((limits.min_sessions + limits.max_sessions) // 2),
        "every_weeks": str((limits.min_weeks + limits.max_weeks) // 2),
        "start": (clock.today(now) + timedelta(days=DAYS_TO_DELIVER)).isoformat(),
        "quantity": "1",
        "refills": str(int(registers().offers_refills)),
    }


def _choices(offer: PricedKit, now: datetime) -> dict[str, Any]:
    """What the plan builder lets one choose from: pairs of a value and its words."""
    limits, today = offer.kit.limits, clock.today(now)
    return {
        "session_options": [(n, f"{n} sessions") for n in range(limits.min_sessions, limits.max_sessions + 1)],
        "week_options": [
            (n, f"{n} weeks" if n > 1 else "1 week") for n in range(limits.min_weeks, limits.max_weeks + 1)
        ],
        "quantity_options": [(n, str(n)) for n in range(1, MOST_A_LINE + 1)],
        "first_start": today,
        "last_start": today + timedelta(days=LATEST_START_DAYS),
    }


ROUTES = (
    ("/", "front", front, ["GET"]),
    ("/kits", "kits", kits, ["GET"]),
    ("/kits/<slug>", "kit", kit, ["GET"]),
    ("/kits/<slug>/plan", "plan", plan, ["GET"]),
)
