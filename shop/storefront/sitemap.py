"""The list of public pages for search engines, and what robots may not look at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from flask import Response, render_template
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kits import clock
from kits.catalogue.kits import published_kits
from kits.catalogue.tables import ContraindicationNotice, Price
from kits.host import session
from shop.links import external
from shop.owner.pages import PAGES
from shop.owner.tables import Fact, PageVersion

PRIVATE = ("/admin/", "/account/", "/orders/", "/basket", "/checkout", "/api/")


def sitemap() -> Response:
    """Every public page with the day it changed last, where that is known."""
    listed = [(address, day.isoformat() if day else "") for address, day in _listed(session(), clock.now())]
    return Response(render_template("shop/sitemap.xml", pages=listed), content_type="application/xml; charset=utf-8")


def robots() -> Response:
    """For an app that is ours alone: a host has its own."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE)]
    lines += ["", f"Sitemap: {external('refillery_storefront.sitemap')}", ""]
    return Response("\n".join(lines), content_type="text/plain; charset=utf-8")


def _listed(reads: Session, now: datetime) -> Iterator[tuple[str, date | None]]:
    kits = [(offer.kit.slug, _kit_changed(reads, offer.kit.id, now)) for offer in published_kits(reads, now)]
    yield external("refillery_storefront.front"), max((day for _, day in kits), default=None)
    for slug, day in kits:
        yield external("refillery_storefront.kit", slug=slug), day
    facts = reads.scalar(select(func.max(Fact.changed_at)))
    for page in PAGES:
        published = reads.scalar(select(func.max(PageVersion.published_at)).where(PageVersion.page == page))
        changed = max((moment for moment in (facts, published) if moment), default=None)
        yield external(f"refillery_storefront.{page}"), clock.today(changed) if changed else None


def _kit_changed(reads: Session, kit_id: int, now: datetime) -> date:
    """The day its newest price or notice came into force."""
    prices = select(func.max(Price.valid_from)).where(Price.kit_id == kit_id, Price.valid_from <= now)
    notices = select(func.max(ContraindicationNotice.effective_from)).where(
        ContraindicationNotice.kit_id == kit_id, ContraindicationNotice.effective_from <= clock.today(now)
    )
    priced = clock.today(reads.execute(prices).scalar_one())
    return max(priced, reads.scalar(notices) or priced)


ROUTES = (("/sitemap.xml", "sitemap", sitemap, ["GET"]),)
