"""What the tables say: the database itself, who works, what is on sale, what the owner has written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import current_app
from sqlalchemy import func, select

from kits import clock, host, migrate
from kits.catalogue.kits import PricedKit, published_kits
from kits.catalogue.tables import Kit
from kits.errors import BadInput
from kits.settings import setting
from kits.stock.promises.reservations import how_many
from shop.checking.check import LOOK, MISSING, WELL, Found, told
from shop.customers.tables import StaffMember
from shop.environment import standing
from shop.orders.basket import Wish, price
from shop.owner import facts, pages
from shop.payments.tables import WebhookEvent
from shop.watching import reading

OWNERS = ("terms", "privacy", "delivery", "returns")
FACTS = {"trader_name": "your name", "trader_address": "your address", "trader_email": "your e-mail"}


def database(now: datetime) -> Iterator[Found]:
    """Its schema, its kind, and whether it is the one that bills."""
    newest = migrate.is_current(host.engine())
    yield told(
        "Tables", "" if newest else "They are not the newest. Run: flask shop db upgrade", "They are the newest."
    )
    small = host.engine().dialect.name == "sqlite"
    advice = "SQLite serves one machine, and a quiet shop. For more set DATABASE_URL to a PostgreSQL." if small else ""
    yield told("Database", advice, "It is a PostgreSQL.", level=LOOK)
    yield told("Who bills", standing.problem() or "", "This database is the one that bills.")


def people_at_work(now: datetime) -> Iterator[Found]:
    """Staff, the worker, and what Stripe tells."""
    session = host.session()
    staff = session.scalar(select(func.count()).select_from(StaffMember).where(StaffMember.active))
    nobody = "" if staff else "Nobody can open the admin. Run: flask shop staff EMAIL"
    yield told("Staff", nobody, f"{staff} may open the admin.")
    late = 60 * float(setting("ALARM_WORKER_MINUTES"))
    works = any(ago <= late and worker.ended is None for worker, ago in reading.workers(session))
    away = "" if works else "No worker runs: nothing is charged, announced or mailed. Start one: flask shop work"
    yield told("Worker", away, "One runs.", endpoint="refillery_admin.watch")
    heard = session.scalar(select(func.max(WebhookEvent.received_at)))
    silent = "" if heard else "None has come yet. Pay a test order and see whether one does."
    yield told("Events from Stripe", silent, "They come.", level=LOOK, endpoint="refillery_admin.events")


def texts(now: datetime) -> Iterator[Found]:
    """Who trades, the VAT number, and the pages that the law asks for."""
    session = host.session()
    known = facts.read(session)
    lacking = [words for name, words in FACTS.items() if not getattr(known, name)]
    said = f"Customers must know whom they buy from. Give {' and '.join(lacking)}." if lacking else ""
    yield told("Who trades", said, f"{known.trader_name} trades.", endpoint="refillery_admin.facts")
    vat = "" if known.vat_registered else "No VAT number is given, so every page says that the shop is not registered."
    yield told("VAT", vat, "The VAT number is given.", level=LOOK, endpoint="refillery_admin.facts")
    shipped = [name for name in OWNERS if pages.current(session, name).shipped]
    drafts = (
        f"These pages are still our drafts: {', '.join(shipped)}. Read them, and publish your own." if shipped else ""
    )
    yield told("Pages", drafts, "The pages are your own.", level=LOOK, endpoint="refillery_admin.texts")


def catalogue(now: datetime) -> Iterator[Found]:
    """What is on sale: prices, notice and stock of each kit."""
    session = host.session()
    sold = {offer.kit.slug: offer for offer in published_kits(session, now)}
    published = session.execute(select(Kit.slug, Kit.name).where(Kit.published).order_by(Kit.name)).all()
    if not published:
        yield Found("Kits", MISSING, "No kit is on sale.")
    for slug, name in published:
        problem = _kit_problem(sold.get(slug), now)
        level = MISSING if problem else WELL
        yield Found(name, level, problem or "It can be bought.", "refillery_admin.stock")


def _kit_problem(offer: PricedKit | None, now: datetime) -> str:
    if offer is None:
        return "It has no price, or its needles are too long for use at home, so it cannot be bought."
    if offer.notice is None:
        return "It has no notice of who must not use it, so it cannot be bought. Publish one."
    limits, today = offer.kit.limits, clock.today(now)
    try:
        line = price(offer, Wish(offer.kit.slug, 1, limits.max_sessions, limits.max_weeks, today), now)
    except BadInput as error:
        return error.message
    left = how_many(host.session(), line.demands, today)
    return "" if left else "There is nothing of it to sell: receive its parts."


def in_debug(now: datetime) -> Iterator[Found]:
    """Whether errors show their insides."""
    shows = "Errors show their insides to everybody. Do not run with debug on." if current_app.debug else ""
    yield told("Debug", shows, "It is off.")
