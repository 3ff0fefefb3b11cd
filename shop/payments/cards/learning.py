"""What becomes of kept cards: learnt from the gateway's events, and always asked about afresh."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, select, update

from kits.errors import Busy
from kits.host import end_reads, outside_transaction, session, unit
from shop.customers.tables import Customer
from shop.payments.cards.keeping import keep, locked, note
from shop.payments.cards.tables import SavedCard
from shop.payments.gateway.account import gateway
from shop.payments.gateway.contract import Card
from shop.payments.tables import OPEN, PaymentAttempt
from shop.work.duties import Duty

EVENTS = ("payment_method.automatically_updated", "payment_method.updated", "payment_method.detached")
CUSTOMER_GONE = "customer.deleted"
TRIES = 5


def learn(card_id: str, *, now: datetime, owner: int | None = None) -> None:
    """Ask the gateway about a card, keep what it says, and tell the rooms above. Commits.

    A card we do not know is kept when it is gone, so that one who hears of it
    later knows; or when it is said to be the customer `owner`'s. What was
    asked while someone else was writing may be old, and is asked again.
    """
    outside_transaction()
    for _ in range(TRIES):
        looks = _looks(card_id)
        seen = gateway().card(card_id)
        if _noted(seen, looks, owner, now):
            return
    raise Busy("This card is being worked on just now. Try again in a minute.")


def customer_gone(gateway_id: str, *, now: datetime) -> None:
    """The gateway may have deleted a customer: then it keeps none of their cards, and a new one is made. Commits."""
    outside_transaction()
    if gateway().customer_lives(gateway_id):
        return
    theirs = select(SavedCard.gateway_id).join(Customer, Customer.id == SavedCard.customer_id)
    cards = session().scalars(theirs.where(Customer.stripe_customer == gateway_id, SavedCard.gone_at.is_(None))).all()
    end_reads()
    for card_id in cards:
        learn(card_id, now=now)
    with unit() as current:
        known = update(Customer).where(Customer.stripe_customer == gateway_id)
        current.execute(known.values(stripe_customer=None).execution_options(synchronize_session=False))


def _looks(card_id: str) -> int | None:
    try:
        return session().scalar(select(SavedCard.looks).where(SavedCard.gateway_id == card_id))
    finally:
        end_reads()


def _noted(seen: Card, looks: int | None, owner: int | None, now: datetime) -> bool:
    with unit() as current:
        if looks is None and (seen.customer is None or owner is not None):
            row: SavedCard | None = keep(current, seen, owner, now)
        else:
            row = locked(current, seen.id)
        if row is None:
            return looks is None
        if row.looks != (looks or 0):
            return False
        note(current, row, seen, now)
        return True


def _leaving(now: datetime) -> ColumnElement[bool]:
    """Cards that are to be detached and that no charge is being tried on."""
    tried = exists().where(PaymentAttempt.card == SavedCard.gateway_id, PaymentAttempt.state.in_(OPEN))
    return and_(SavedCard.leaves_at.is_not(None), SavedCard.gone_at.is_(None), ~tried)


def _leave(row_id: int, now: datetime) -> None:
    outside_transaction()
    card_id = session().get_one(SavedCard, row_id).gateway_id
    end_reads()
    gateway().forget_card(card_id)
    learn(card_id, now=now)


LEAVING_DUTY = Duty("card that leaves", SavedCard, _leaving, _leave)
