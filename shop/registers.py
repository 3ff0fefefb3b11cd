"""What a room above adds to the shop: lists that it fills in its `init_app`.

The shop calls upwards only through these. Each list has its contract here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from flask import Flask, current_app
from sqlalchemy.orm import Session

from shop.checking.check import Check
from shop.customers.personal.contract import ErasurePart, ExportPart, Runs
from shop.orders.tables import Order
from shop.payments.cards.tables import SavedCard
from shop.payments.gateway.contract import Intent
from shop.payments.tables import Payment, PaymentAttempt
from shop.watching.watch import Watch
from shop.work.duties import Duty
from shop.work.outbox import Letter, OutboxMail

_KEY = "refillery_shop"


@dataclass(frozen=True)
class Settled:
    """What settling found out about one order, inside the settling transaction.

    `what`: `paid` (with `payment`), `declined` or `needs_customer` (with
    `attempt`, whose `decline_code` says why), `cancelled`, `shipped` and before
    it `leaving`, when lots are set aside and once a parcel (nothing is done yet: a step that will write to
    plans when the order is shipped takes their locks now, or says in a WrongState why it may not leave),
    `disputed` (with `payment`, whose `dispute` says how it stands), `warned`
    (its bank holds `payment` for fraud),
    `withdrawn` (with `kept`: by the id of each line of the order how many of
    its kits or boxes the customer keeps), `refunded` (all its money goes back:
    whatever of it had not left is not sent any more). The last two come before
    the order's stock is let go, so a step may lock plans and refills that are
    not ordered yet; to `said` it adds what the customer's mail is to tell, a
    sentence each.

    All who lock several rows take them in this order: orders, plans, refills,
    items, reservations; of one kind in the order of their ids.
    """

    what: Literal[
        "paid",
        "declined",
        "needs_customer",
        "cancelled",
        "leaving",
        "shipped",
        "disputed",
        "warned",
        "withdrawn",
        "refunded",
    ]
    order: Order
    now: datetime
    payment: Payment | None = None
    attempt: PaymentAttempt | None = None
    kept: Mapping[int, int] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class CardFact:
    """What became of a kept card, whose row is locked: `saved` for `about`, `updated` by its bank, or `gone`."""

    what: Literal["saved", "updated", "gone"]
    card: SavedCard
    now: datetime
    about: str = ""


CardStep = Callable[[Session, CardFact], None]
"""Runs inside the transaction that learnt it, exactly once a fact; flushes, never commits, never calls the gateway.

It may lock plans, and what comes after them, but no order."""

SettleStep = Callable[[Session, Settled], None]
"""Runs inside the settling transaction, exactly once a fact; flushes, never commits, never calls the gateway."""

Section = Callable[[Any, datetime], str]
"""Given an order (a customer, a disputed payment) and now, returns safe HTML; empty when it has nothing to say."""

ApiField = Callable[[Order, datetime], Any]
"""The value of one more field of `GET /api/v1/orders/<token>`, ready for JSON."""

AgainStep = Callable[[Session, OutboxMail, datetime], None]
"""Runs inside the transaction in which staff ask for a mail again, before it is queued; may raise WrongState to refuse.

From then on the mail is not accepted any more, until the mail server takes it again.
"""

CUSTOMER, OWNER = "the customer", "the owner"


@dataclass(frozen=True)
class MailTemplate:
    """One of our mails, for the admin's list of templates.

    `name` is its template's without the ending, `cause` a sentence on what
    makes us send it, `reader` CUSTOMER or OWNER. `sample(now)` writes it with
    plain values: no real customer's, nothing saved.
    """

    name: str
    title: str
    cause: str
    reader: str
    sample: Callable[[datetime], Letter]


ParcelLinks = Callable[[Session, Order], list[tuple[str, str]]]
"""What the mails about an order's parcels lead to beside the order: what each link is for, and its address."""

Card = Callable[[datetime], str]
"""Safe HTML of one card on the admin's "Today"; empty when there is nothing to do."""

PlansByNotice = Callable[[Session], dict[int, int]]
"""How many plans that run acknowledged each version of a notice, with their order or since, by the notice's id."""

PlansToAsk = Callable[[Session, int, date, datetime], int]
"""Given a kit's id, a day and now: how many running plans would be told of a notice that begins on that day."""


KeyFacts = Callable[[Sequence[Any]], Any]
"""Given the lines of a basket that refills follow: the `KeyInformation` of `shop.orders.placing.agreements`."""

CoolingOff = Callable[[Session, Order], int | None]
"""In how many days an order can be withdrawn from, by the law of its contract; None where a room knows of none."""


LostOrder = Callable[[Intent, datetime], bool]
"""Given a charge whose order is not in this database, which was made from another copy of it, and now.

Writes that order, waiting for its money, if it is of a plan of the room's; True when it did.
Commits; may raise SoldOut.
"""


@dataclass
class Registers:
    """One app's registers.

    `export_parts` are the members of the file that a customer downloads.
    `admin_pages` are entries of the admin's menu: a title and an endpoint.
    `item_pages` and `lot_pages` are links on an item's and a lot's page: a
    title and an endpoint that takes `sku`, or `lot` (its id).
    """

    settle_steps: list[SettleStep] = field(default_factory=list)
    card_steps: list[CardStep] = field(default_factory=list)
    duties: list[Duty] = field(default_factory=list)
    watches: list[Watch] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    mail_templates: list[MailTemplate] = field(default_factory=list)
    again_steps: list[AgainStep] = field(default_factory=list)
    parcel_links: list[ParcelLinks] = field(default_factory=list)
    order_sections: list[Section] = field(default_factory=list)
    account_sections: list[Section] = field(default_factory=list)
    dispute_sections: list[Section] = field(default_factory=list)
    runs: list[Runs] = field(default_factory=list)
    export_parts: dict[str, ExportPart] = field(default_factory=dict)
    erasure_parts: list[ErasurePart] = field(default_factory=list)
    today_cards: list[Card] = field(default_factory=list)
    api_fields: dict[str, ApiField] = field(default_factory=dict)
    admin_pages: list[tuple[str, str]] = field(default_factory=list)
    item_pages: list[tuple[str, str]] = field(default_factory=list)
    lot_pages: list[tuple[str, str]] = field(default_factory=list)
    plans_by_notice: list[PlansByNotice] = field(default_factory=list)
    plans_to_ask: list[PlansToAsk] = field(default_factory=list)
    lost_orders: list[LostOrder] = field(default_factory=list)
    cooling_off: list[CoolingOff] = field(default_factory=list)
    key_information: KeyFacts | None = None
    offers_refills: bool = False
    url_prefix: str = ""


def run_steps(session: Session, settled: Settled) -> None:
    """Tell every settle step, in the order they were registered."""
    for step in registers().settle_steps:
        step(session, settled)


def parcel_links(session: Session, order: Order) -> list[tuple[str, str]]:
    """The links of all rooms for a mail about a parcel of this order."""
    return [link for each in registers().parcel_links for link in each(session, order)]


def install(app: Flask, url_prefix: str) -> Registers:
    """Give `app` its registers, with the prefix that pages of rooms above stand under too."""
    found: Registers = app.extensions.setdefault(_KEY, Registers(url_prefix=url_prefix))
    return found


def registers(app: Flask | None = None) -> Registers:
    """The registers of `app` or of the current app; raises RuntimeError when Shop is not mounted."""
    found = (app or current_app).extensions.get(_KEY)
    if found is None:
        raise RuntimeError("Mount Shop(app) first.")
    return found  # type: ignore[no-any-return]
