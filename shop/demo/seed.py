"""The demo's data, made by driving the real use cases with earlier times."""

from __future__ import annotations

import urllib.parse
import urllib.request
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from kits import clock, host
from kits.catalogue import first_kit, ordering
from kits.catalogue.ordering import Ordering
from kits.stock.buying import placing
from kits.stock.buying.placing import NewLine, NewOrder
from kits.stock.ledger import Cause
from kits.stock.moves.receiving import Delivery, receive
from shop.customers.staff.members import add_staff
from shop.orders import parcels
from shop.orders.basket import Wish
from shop.orders.checkout import Address, Purchase, place
from shop.orders.tables import PAID, Order
from shop.owner import facts
from shop.payments import settle
from shop.payments.hosted.start import pay_in_person
from shop.registers import registers
from shop.selling import shipping
from shop.work import duties
from shop.work.demo_clock import tell_sandbox

DAYS_AGO = 98
CUSTOMER, STAFF, PASSWORD = "maria@example.org", "admin@example.org", "refillery demo"
CARD = "4242424242424242"
SESSIONS, EVERY_WEEKS = 10, 3
SUPPLIER = "Example Laboratories"
FACTS = {
    "trader_name": "Example Ltd",
    "trader_address": "1 Example Street\nLondon N1 1AA",
    "trader_email": "hello@example.org",
    "trader_phone": "020 7946 0000",
    "company_number": "01234567",
    "vat_number": "GB123456789",
    "clinic_session": 15000,
    "clinic_source": "Example figure of the demo: set your own and where it is from",
}
"""Who trades in the demo: nobody, with numbers of the documented forms that belong to no one."""
LOTS = (
    (first_kit.ROLLER, "R-2407", 40, 1500),
    (first_kit.SERUM, "S-0611", 12, 330),
    (first_kit.SERUM, "S-0702", 40, 700),
)


def plant_everything() -> None:
    """An empty, migrated database becomes the demo's: stock, an admin, a customer half-way through a plan."""
    real_now = datetime.now(UTC)
    clock.begin_at(real_now - timedelta(days=DAYS_AGO))
    _catalogue_and_staff()
    _receive()
    _maria()
    for days_ago in range(DAYS_AGO - 1, 0, -1):
        _move_to(real_now - timedelta(days=days_ago))
    _order_more()
    _move_to(real_now)


def _catalogue_and_staff() -> None:
    now = clock.now()
    with host.unit() as session:
        first_kit.plant(session, now)
        shipping.plant(session)
        add_staff(session, STAFF, PASSWORD, now)
    facts.change(FACTS, actor="demo", now=now)


def _receive() -> None:
    """One lot of rollers and two of serum, one of which expires sooner, and how more of them is ordered."""
    now = clock.now()
    for sku, packs_of in ((first_kit.ROLLER, 20), (first_kit.SERUM, 12)):
        ordering.change(sku, Ordering(SUPPLIER, 14, 6, packs_of, 10), actor="demo", now=now)
    day = clock.today(now)
    for sku, code, quantity, days in LOTS:
        receive(Delivery(sku, code, quantity, day + timedelta(days=days), SUPPLIER), Cause("demo", now))


def _order_more() -> None:
    """Serum is on its way, so that the forecast has something to count on."""
    now = clock.now()
    line = NewLine(first_kit.SERUM, 48, clock.today(now) + timedelta(days=10))
    placing.place(NewOrder(SUPPLIER, (line,)), Cause("demo", now))


def _maria() -> None:
    now = clock.now()
    purchase = Purchase(
        email=CUSTOMER,
        name="Maria Example",
        address=Address("1 Garden Row", "London", "SE1 6HA", "GB"),
        wishes=(Wish(first_kit.SLUG, 1, SESSIONS, EVERY_WEEKS, clock.today(now), refills=True),),
        notice_version="1",
        accepted=True,
    )
    order_id = place(purchase, now=now)
    page = pay_in_person(order_id, now=now)
    settle.settle_page(_pay(page), now=clock.now())
    _ship_paid()


def _pay(page: str) -> str:
    """Pay on the sandbox's hosted page as a browser would; returns the page's id."""
    form = urllib.parse.urlencode({"card": CARD}).encode()
    opener = urllib.request.build_opener(_StayHere)
    with opener.open(page, form, timeout=20) as answer:
        way_back = urllib.parse.urlsplit(str(answer.headers["Location"]))
    return urllib.parse.parse_qs(way_back.query)["page_id"][0]


class _StayHere(urllib.request.HTTPRedirectHandler):
    """The shop is not served yet, so the way back to it is read, not followed."""

    def http_error_303(self, req, fp, code, msg, headers):  # type: ignore[no-untyped-def]
        return fp


def _move_to(moment: datetime) -> None:
    """Let time pass: both clocks move, what is due is worked, what is paid is packed."""
    tell_sandbox(clock.move_to(moment))
    duties.run_once(registers().duties)
    _ship_paid()


def _ship_paid() -> None:
    paid = host.session().scalars(select(Order.id).where(Order.state == PAID)).all()
    host.end_reads()
    for order_id in paid:
        parcels.ship(order_id, tracking="", actor="demo", now=clock.now())
