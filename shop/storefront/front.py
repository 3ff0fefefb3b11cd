"""The front page, the kit's page with its plan builder, and the plan as a fragment of that page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from kits import clock, reads
from kits.catalogue import needles
from kits.catalogue.kits import PricedKit, published_kits
from kits.errors import BadInput, NotFound
from kits.host import Reader, aside
from kits.stock.promises import looks
from kits.stock.promises.looks import Look
from kits.stock.promises.reservations import how_many
from shop.orders.basket import Wish, offer_of, price
from shop.owner import facts
from shop.registers import registers
from shop.storefront.forms import PlanForm, Wrong, sentences, taken
from shop.storefront.kit_parts import DAYS_TO_DELIVER, Asked, Offered, front_about, kit_about, kit_head, kit_plan
from shop.storefront.telling import told

_WITH_FACTS = looks.statement(fact=facts.READ)
FIELDS = ("sessions", "every_weeks", "start", "quantity", "refills")


def front() -> str:
    """The front page: every kit on sale, and what the longest plan of the first looks like."""
    now = clock.now()
    with aside() as look:
        sold = tuple(published_kits(look, now))
    about = front_about(sold, facts.shown(), clock.today(now))
    return render_template("shop/front.html", about=about, **told("front"))


def kits() -> BaseResponse:
    """Straight to the kit while there is only one."""
    with aside() as look:
        sold = published_kits(look, clock.now())
    if len(sold) == 1:
        asked: dict[str, Any] = {field: request.args[field] for field in FIELDS if field in request.args}
        return redirect(url_for("refillery_storefront.kit", slug=sold[0].kit.slug, **asked))
    return redirect(url_for("refillery_storefront.front"))


def kit(slug: str) -> tuple[str, int]:
    """The kit with the plan asked for in the query, or one to start from."""
    return kit_page(slug, request.args)


def kit_page(slug: str, asked: Mapping[str, str], errors: dict[str, str] | None = None) -> tuple[str, int]:
    """The kit's page with what was typed; with `errors` as a 422."""
    now, found = _asked(slug, asked)
    if errors:
        found = replace(found, errors=tuple(errors.items()))
    if found.offer.notice is None:
        raise NotFound("This kit has no notice yet, so it cannot be sold.")
    warned = needles.needs_warning(found.offer.kit.needle_um)
    page = render_template(
        "shop/kit.html",
        offer=found.offer,
        head=kit_head(found.offer, found.facts, found.offered.left if found.offered else None),
        about=kit_about(found, clock.today(now), warned),
    )
    return page, 422 if found.errors else 200


def plan(slug: str) -> tuple[Response, int]:
    """The part of the kit's page that a change of the plan changes."""
    _, found = _asked(slug, request.args)
    part = Response(kit_plan(found))
    part.cache_control.no_store = True
    return part, 422 if found.errors else 200


def _asked(slug: str, asked: Mapping[str, str]) -> tuple[datetime, Asked]:
    """The time, and what the plan builder shows then."""
    with aside() as reader:
        found = _look(reader, slug)
        offer = offer_of(found.kits, slug)
        values = _start_from(offer, found.now) | {field: asked[field] for field in FIELDS if field in asked}
        offered, errors = None, dict[str, str]()
        try:
            offered = _offered(reader, found, wish_from(slug, taken(PlanForm, values)))
        except (Wrong, BadInput) as error:
            errors = sentences(error)
    refills = registers().offers_refills
    return found.now, Asked(offer, tuple(values.items()), offered, tuple(errors.items()), refills, facts.shown())


def _look(reader: Reader, slug: str) -> Look:
    """A look at the kit, and at the facts in the same statement: they are there when it is time to read them anew."""
    found = looks.look(reader, _WITH_FACTS, [slug])
    if facts.fresh() is None:
        facts.keep(facts.told(reads.rows(found.raw).get("fact", ())))
    return found


def wish_from(slug: str, read: Mapping[str, Any]) -> Wish:
    """The wish that a plan form says."""
    return Wish(kit=slug, **{field: read[field] for field in FIELDS})


def _offered(reader: Reader, found: Look, wish: Wish) -> Offered:
    line = price(found.kits[wish.kit], wish, found.now)
    return Offered(line, how_many(reader, line.demands, found.today, found.shelves) > 0)


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


ROUTES = (
    ("/", "front", front, ["GET"]),
    ("/kits", "kits", kits, ["GET"]),
    ("/kits/<slug>", "kit", kit, ["GET"]),
    ("/kits/<slug>/plan", "plan", plan, ["GET"]),
)
