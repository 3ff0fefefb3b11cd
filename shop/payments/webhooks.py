"""Webhooks: verify, store, answer; then ask the gateway afresh and settle.

An event is only a hint of what to look up: its own content settles nothing,
so events that come twice, late or out of order do no harm.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, false, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kits import audit
from kits.errors import NotFound, RefilleryError
from kits.host import end_reads, outside_transaction, session, unit
from shop import logs
from shop.customers.personal.tables import Erasure
from shop.orders.tables import Order
from shop.payments.cards import learning as cards
from shop.payments.gateway.contract import EventSeen, Refused
from shop.payments.gateway.stripe_gateway import verified_event
from shop.payments.giving_back import disputes, refunds, warnings
from shop.payments.settle import settle_intent, settle_page
from shop.payments.tables import Payment, WebhookEvent
from shop.work.duties import Duty
from shop.work.timetable import periodic

KEPT = timedelta(days=90)
A_PIECE = 500
PAGES = tuple(f"checkout.session.{what}" for what in ("completed", "async_payment_succeeded", "expired"))
INTENTS = ("payment_intent.succeeded",)
NOT_SHOWN = "Stripe does not show what this is about, or not to this account."
log = logging.getLogger("refillery.payments")


def store(body: bytes, signature: str, *, now: datetime) -> int | None:
    """Keep a signed event; returns its row's id, or None when it was known. Commits.

    Raises BadSignature for anything that is not an event that Stripe signed just now.
    """
    event = verified_event(body, signature)
    try:
        with unit() as current:
            row = WebhookEvent(
                event_id=event.id,
                type=event.type,
                object_id=event.object_id,
                body="" if _was_erased(current, event) else body.decode(),
                received_at=now,
            )
            current.add(row)
            current.flush()
            return row.id
    except IntegrityError:
        return None


def process(row_id: int, now: datetime) -> None:
    """Look up what the event was about, settle it, and mark the event processed. Commits.

    What the gateway does not know, or not of this account, will not be found later either: that is logged once.
    What else goes wrong is noted and raised, and the event stays to be worked on. Kinds that we have no use for, and
    events about nothing that has an id, are done with at once.
    """
    outside_transaction()
    row = session().get_one(WebhookEvent, row_id)
    kind, about = row.type, row.object_id
    end_reads()
    problem = None
    try:
        if about:
            with logs.about(event=row_id):
                _settle(kind, about, now)
    except Refused:
        log.warning("event row %s is about something the gateway does not show", row_id, exc_info=True)
        problem = NOT_SHOWN
    except Exception as error:
        end_reads()
        _note(row_id, problem=_in_words(error))
        raise
    _note(row_id, problem=problem, processed_at=now)


def replay(row_id: int, *, actor: str, now: datetime) -> None:
    """Work on a stored event once more, whatever became of it: what it is about is asked for afresh. Commits.

    Raises what working on it raises; then it is the worker's.
    """
    outside_transaction()
    with unit() as current:
        event = current.get(WebhookEvent, row_id, with_for_update=True)
        if event is None:
            raise NotFound("There is no such event.")
        event.processed_at, event.problem = None, None
        audit.record(current, at=now, actor=actor, action="event.replayed", subject=f"event:{event.event_id}")
    process(row_id, now)


def row_of(event_id: str) -> int:
    """The id of the row of an event by Stripe's id; raises NotFound. Leaves no transaction open."""
    found = session().scalar(select(WebhookEvent.id).where(WebhookEvent.event_id == event_id))
    end_reads()
    if found is None:
        raise NotFound("No event with this id has come. Stripe's dashboard can send it again.")
    return found


def clear_bodies(names: Iterable[str]) -> None:
    """Forget what events said that name one of these ids of the gateway; that they came stays. Commits."""
    about = (WebhookEvent.body.contains(f'"{name}"', autoescape=True) for name in names)
    found = session().scalars(select(WebhookEvent.id).where(or_(false(), *about))).all()
    end_reads()
    with unit() as current:
        current.execute(update(WebhookEvent).where(WebhookEvent.id.in_(found)).values(body=""))


def clear_old(now: datetime) -> None:
    """Forget what events that came more than 90 days ago said, piece by piece; that they came stays. Commits.

    One that was not worked on yet stays whole.
    """
    old = (WebhookEvent.received_at < now - KEPT, WebhookEvent.processed_at.is_not(None), WebhookEvent.body != "")
    while True:
        with unit() as current:
            ids = current.scalars(select(WebhookEvent.id).where(*old).limit(A_PIECE)).all()
            current.execute(update(WebhookEvent).where(WebhookEvent.id.in_(ids)).values(body=""))
        if len(ids) < A_PIECE:
            return


def _note(row_id: int, **values: object) -> None:
    with unit() as current:
        current.execute(update(WebhookEvent).where(WebhookEvent.id == row_id).values(**values))


def _in_words(error: Exception) -> str:
    """Our own sentences are made to be read; what others say may hold anything."""
    return str(error) if isinstance(error, RefilleryError) else f"An error of ours: {type(error).__name__}"


def _was_erased(current: Session, event: EventSeen) -> bool:
    """True for what is about an erased customer; a dispute names what they paid alone."""
    paid = select(Order.customer_id).join(Payment, Payment.order_id == Order.id)
    theirs = Erasure.customer_id.in_(paid.where(Payment.intent_id == event.intent))
    return current.scalar(select(Erasure.id).where(or_(Erasure.gateway_id == event.customer, theirs))) is not None


def _settle(kind: str, about: str, now: datetime) -> None:
    if kind in PAGES:
        settle_page(about, now=now)
    elif kind in INTENTS:
        settle_intent(about, now=now)
    elif kind in refunds.EVENTS:
        refunds.learn(about, now=now)
    elif kind.startswith(disputes.EVENTS):
        disputes.learn(about, now=now)
    elif kind.startswith(warnings.EVENTS):
        warnings.learn(about, now=now)
    elif kind in cards.EVENTS:
        cards.learn(about, now=now)
    elif kind == cards.CUSTOMER_GONE:
        cards.customer_gone(about, now=now)


def _due(now: datetime) -> ColumnElement[bool]:
    return WebhookEvent.processed_at.is_(None)


WEBHOOK_DUTY = Duty("webhook", WebhookEvent, _due, process)
OLD_EVENTS_DUTY = periodic("old webhooks", timedelta(days=1), clear_old)
