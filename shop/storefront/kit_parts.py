"""The parts of the front and the kit's page, each remembered by the values that it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kits.catalogue import needles
from kits.catalogue.kits import PricedKit
from kits.catalogue.plan_line import PlanLine, plan_line
from kits.catalogue.results_line import results_line
from kits.catalogue.unit_price import per_100_ml
from shop.orders.basket import LATEST_START_DAYS, MOST_A_LINE, PricedLine
from shop.owner.facts import Facts
from shop.remembered import remembered, rendered
from shop.storefront.telling import product, told

DAYS_TO_DELIVER = 7


@dataclass(frozen=True)
class Offered:
    """A plan worked out for a kit: its line, its prices, and whether stock can meet it."""

    priced: PricedLine
    left: bool

    @property
    def line(self) -> PlanLine:
        """The plan as a drawing."""
        return plan_line(self.priced.plan)


@dataclass(frozen=True)
class Asked:
    """What a plan builder was asked, as it was typed, and what it shows: a plan, or the sentences about it."""

    offer: PricedKit
    values: tuple[tuple[str, str], ...]
    offered: Offered | None
    errors: tuple[tuple[str, str], ...]
    offers_refills: bool
    facts: Facts

    @property
    def words(self) -> dict[str, Any]:
        """For a template."""
        return {**vars(self), "values": dict(self.values), "errors": dict(self.errors), "shop_facts": self.facts}


@remembered
def front_about(offers: tuple[PricedKit, ...], known: Facts, today: date) -> str:
    """All that the front page says of the kits on sale."""
    example = _example(offers[0], today) if offers else {}
    return rendered("shop/front_about.html", offers=offers, shop_facts=known, **example)


@remembered
def kit_plan(found: Asked) -> str:
    """What a change of the plan changes."""
    return rendered("shop/kit_plan.html", **found.words)


@remembered
def kit_head(offer: PricedKit, known: Facts, left: bool | None) -> str:
    """What the page tells search engines and those who share it; `left` is None where no plan could be counted."""
    address = told("kit", slug=offer.kit.slug)
    structured = None if left is None else product(offer, known, left, **address)
    return rendered("shop/kit_head.html", offer=offer, structured=structured, **address)


@remembered
def kit_about(found: Asked, today: date, needle_warning: bool) -> str:
    """All that the page says of the kit, and of the plan that is asked for."""
    offer = found.offer
    return rendered(
        "shop/kit_about.html",
        notice=offer.notice,
        unit_price=per_100_ml(offer.refill_price, offer.kit.components),
        needle=needles.written(offer.kit.needle_um),
        needle_warning=needle_warning,
        results=results_line(offer.kit.results),
        **choices(offer, today),
        **found.words,
    )


def _example(offer: PricedKit, today: date) -> dict[str, Any]:
    """The longest plan of a kit, which the front page draws, and what it costs."""
    limits = offer.kit.limits
    plan = limits.plan(limits.max_sessions, limits.max_weeks, today + timedelta(days=DAYS_TO_DELIVER))
    return {
        "example": plan_line(plan),
        "example_total": offer.total(plan),
        "needle": needles.written(offer.kit.needle_um),
        "results": results_line(offer.kit.results),
    }


def choices(offer: PricedKit, today: date) -> dict[str, Any]:
    """What the plan builder lets one choose from: pairs of a value and its words."""
    limits = offer.kit.limits
    return {
        "session_options": [(n, f"{n} sessions") for n in range(limits.min_sessions, limits.max_sessions + 1)],
        "week_options": [
            (n, f"{n} weeks" if n > 1 else "1 week") for n in range(limits.min_weeks, limits.max_weeks + 1)
        ],
        "quantity_options": [(n, str(n)) for n in range(1, MOST_A_LINE + 1)],
        "first_start": today,
        "last_start": today + timedelta(days=LATEST_START_DAYS),
    }
