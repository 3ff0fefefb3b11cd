"""Plain values for samples: rows that are never saved, of a customer there is not."""

from __future__ import annotations

from datetime import datetime, timedelta

from kits.catalogue import first_kit
from kits.catalogue.session_plan import SessionPlan
from kits.catalogue.tables import Item, Kit
from kits.clock import today
from kits.settings import currency
from kits.stock.tables import Lot
from shop.customers.tables import Customer
from shop.orders.parcels.contents import Packed
from shop.orders.tables import PAID, Acknowledgement, Order, OrderLine, Parcel
from shop.payments.tables import Payment

NUMBER, TOKEN = "R-SAMPL-E0001", "sample"
SESSIONS, EVERY_WEEKS = 10, 3


def kit() -> Kit:
    """The kit that the samples are of."""
    return Kit(slug=first_kit.SLUG, name="Mesotherapy kit", components=[], cleaning=first_kit.CLEANING)


def lot(sku: str, name: str, code: str, now: datetime) -> Lot:
    """A lot that lasts two years."""
    item = Item(sku=sku, name=name, low_at=10, sealed=True)
    return Lot(id=1, item=item, code=code, expires_on=today(now) + timedelta(days=730), on_hand=40, allocated=0,
               quarantined=0)  # fmt: skip


def serum(now: datetime) -> Lot:
    """A lot of serum."""
    return lot(first_kit.SERUM, "Serum, three months", "S-0702", now)


def packed(now: datetime) -> list[Packed]:
    """What is in a parcel: a roller and a serum."""
    return [Packed(lot(first_kit.ROLLER, "Dermaroller 0.25 mm", "R-2407", now), 1), Packed(serum(now), 1)]


def line(now: datetime) -> OrderLine:
    """A kit with refills, its plan from next week on."""
    plan = SessionPlan(SESSIONS, EVERY_WEEKS, today(now) + timedelta(days=7))
    return OrderLine(
        kit=kit(), title="Mesotherapy kit", quantity=1, unit_amount=first_kit.KIT_PRICE,
        refill_amount=first_kit.REFILL_PRICE, discount_amount=0, vat_amount=0, sessions=SESSIONS,
        every_weeks=EVERY_WEEKS, start=plan.start, refills=True, serves_until=plan.last_session,
    )  # fmt: skip


def order(now: datetime) -> Order:
    """A paid order of one kit with refills."""
    return Order(
        number=NUMBER, token=TOKEN, kind="kit", state=PAID, root_number=NUMBER, currency=currency(),
        total_amount=first_kit.KIT_PRICE, shipping_amount=0, shipping_method="", vat_amount=0, shipping_vat=0,
        name="Maria Example", line1="1 Garden Row", line2="", city="London", postcode="SE1 6HA", country="GB",
        made_at=now, paid_at=now, lines=[line(now)], parcels=[], agreements=[],
        customer=Customer(email="maria@example.org", name="Maria Example"),
        acknowledgements=[Acknowledgement(version="1", accepted_at=now)],
    )  # fmt: skip


def payment(now: datetime) -> Payment:
    """The payment of that order."""
    paid = order(now)
    return Payment(order=paid, amount=paid.total_amount, currency=paid.currency, card_last4="4242", paid_at=now)


def parcel(now: datetime) -> Parcel:
    """The order's parcel, which has just left."""
    return Parcel(number=1, tracking="AB123456789GB", shipped_at=now, delivered_at=now)
