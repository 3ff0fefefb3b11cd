"""Kits, what a plan of theirs takes, and the notice."""

from __future__ import annotations

from typing import Any

from flask import request

from kits import clock
from kits.catalogue.kits import PricedKit, kit_by_slug, published_kits
from kits.catalogue.notice import notice_in_force
from kits.host import session
from shop.api.schemas.answered import Kits, Notice, PlanAnswer
from shop.api.schemas.asked import NoticeQuery, PlanQuery


def kits() -> Any:
    """Every kit on sale."""
    return Kits().dump({"kits": [_kit(offer) for offer in published_kits(session(), clock.now())]})


def plan(slug: str) -> Any:
    """The sessions, refills, boxes and whole cost of a plan that starts on any date."""
    asked = PlanQuery().load(request.args.to_dict())
    offer = kit_by_slug(session(), slug, clock.now())
    wanted = offer.kit.limits.plan(**asked)
    return PlanAnswer().dump(
        {
            "sessions": wanted.session_dates,
            "refills": wanted.refill_needs,
            "boxes": wanted.boxes,
            "total": offer.total(wanted),
        }
    )


def notice() -> Any:
    """The notice that a buyer of the kit acknowledges."""
    asked, now = NoticeQuery().load(request.args.to_dict()), clock.now()
    kit = kit_by_slug(session(), asked["kit"], now).kit
    return Notice().dump(notice_in_force(session(), kit.id, clock.today(now)))


def _kit(offer: PricedKit) -> dict[str, Any]:
    kit = offer.kit
    return {
        "slug": kit.slug,
        "name": kit.name,
        "summary": kit.summary,
        "price": offer.price,
        "refill_price": offer.refill_price,
        "sessions": {"min": kit.min_sessions, "max": kit.max_sessions},
        "every_weeks": {"min": kit.min_weeks, "max": kit.max_weeks},
    }
