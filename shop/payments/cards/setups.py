"""Saving a card without a payment: one open hosted page for each thing a card is for, come back to until it closes.

The row is committed before the request leaves and makes its key, so that two
clicks, or a process that dies in between, lead to one page.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kits.errors import Busy
from kits.host import end_reads, outside_transaction, session, unit
from shop.customers.people import Person
from shop.customers.tables import Customer
from shop.payments.cards import settling
from shop.payments.cards.learning import customer_gone
from shop.payments.cards.tables import CLOSED, DONE, OPEN, CardSetup
from shop.payments.gateway.account import gateway
from shop.payments.gateway.contract import FailedInside, HostedPage, Refused
from shop.payments.hosted.opening import gateway_customer
from shop.payments.hosted.start import GATEWAY_SHORTEST

STAYS_OPEN = timedelta(hours=1)
MAKING = "The page for your card is just being made. Try again in a minute."


@dataclass(frozen=True)
class Wanted:
    """Whose card is to be saved, what for, and where the gateway sends the customer back to.

    `success_url` holds the gateway's own mark `{CHECKOUT_SESSION_ID}`.
    """

    customer_id: int
    about: str
    success_url: str
    cancel_url: str


@dataclass(frozen=True)
class _Seen:
    """A setup as it was read: plain values, so that no transaction is open while the gateway is asked."""

    id: int
    key: str
    requests: int
    page_id: str | None
    expires_at: datetime
    payer: Person


def save_card(wanted: Wanted, *, now: datetime) -> str | None:
    """The address of the page on which the card can be saved now; None when it was saved there already. Commits.

    Raises Busy, or GatewayError, with `retry` when trying again helps.
    """
    outside_transaction()
    known = _open_setup(wanted.about)
    if known is not None and known.page_id is not None:
        page = gateway().page(known.page_id)
        if page.status == "open" and page.url:
            return page.url
        if _ended(known, page, now):
            return None
    begun = _begun(wanted, known.page_id if known else None, now)
    # Another click's page became known since we looked: that one is the page.
    return _made(begun, wanted, now) if begun else save_card(wanted, now=now)


def is_for(page_id: str, about: str) -> bool:
    """Whether this page was made to save a card for that, and nothing else."""
    mine = select(CardSetup.id).where(CardSetup.session_id == page_id, CardSetup.about == about)
    try:
        return session().scalar(mine) is not None
    finally:
        end_reads()


def is_done(page_id: str) -> bool:
    """Whether the card that this page was made for is saved."""
    mine = select(CardSetup.state).where(CardSetup.session_id == page_id)
    try:
        return session().scalar(mine) == DONE
    finally:
        end_reads()


def _ended(known: _Seen, page: HostedPage, now: datetime) -> bool:
    """Settle a page that is complete, or put one away that has closed; True when a card was saved."""
    if page.saved is not None:
        settling.settle(page, now=now)
        return True
    _write(known.id, state=CLOSED, ended_at=now)
    return False


def _begun(wanted: Wanted, looked_at: str | None, now: datetime) -> _Seen | None:
    """The setup to make a page for, committed: the one whose page is not known yet, or a new one.

    None when there is a page by now that is not the one `looked_at`.
    """
    try:
        with unit() as current:
            waiting = current.scalars(_of(wanted.about).with_for_update()).first()
            if waiting is not None and waiting.session_id is None and waiting.expires_at >= now + GATEWAY_SHORTEST:
                return _seen(waiting)
            if waiting is not None and waiting.session_id not in (None, looked_at):
                return None
            if waiting is not None:
                waiting.state, waiting.ended_at = CLOSED, now
                current.flush()
            return _seen(_new(current, wanted, now))
    except IntegrityError as error:  # a second click came first
        raise Busy(MAKING) from error


def _new(current: Session, wanted: Wanted, now: datetime) -> CardSetup:
    setup = CardSetup(
        customer=current.get_one(Customer, wanted.customer_id),
        about=wanted.about,
        key=f"refillery-{uuid.uuid4().hex}",
        requests=0,
        started_at=now,
        expires_at=now + STAYS_OPEN,
    )
    current.add(setup)
    current.flush()
    return setup


def _made(setup: _Seen, wanted: Wanted, now: datetime) -> str:
    key = f"{setup.key}-{setup.requests}"
    with _noting(setup, now):
        customer = setup.payer.gateway_id or gateway_customer(setup.payer, key=f"{key}-customer")
        page = gateway().create_setup_page(
            customer,
            setup.key,
            expires_at=setup.expires_at,
            success_url=wanted.success_url,
            cancel_url=wanted.cancel_url,
            key=f"{key}-page",
        )
    _write(setup.id, session_id=page.id, session_url=page.url)
    return page.url or wanted.cancel_url


@contextmanager
def _noting(setup: _Seen, now: datetime) -> Iterator[None]:
    """Put a refused page away; where the gateway keeps its failure under the key, count on."""
    try:
        yield
    except FailedInside:
        _write(setup.id, requests=setup.requests + 1)
        raise
    except Refused as error:
        _write(setup.id, state=CLOSED, ended_at=now)
        if setup.payer.gateway_id:
            customer_gone(setup.payer.gateway_id, now=now)
        raise Busy("Stripe did not make the page. Try again in a minute.") from error


def _open_setup(about: str) -> _Seen | None:
    try:
        found = session().scalars(_of(about)).first()
        return None if found is None else _seen(found)
    finally:
        end_reads()


def _of(about: str) -> Select[CardSetup]:
    return select(CardSetup).where(CardSetup.about == about, CardSetup.state == OPEN)


def _seen(setup: CardSetup) -> _Seen:
    of = setup.customer
    payer = Person(of.id, of.email, of.name, of.stripe_customer)
    return _Seen(setup.id, setup.key, setup.requests, setup.session_id, setup.expires_at, payer)


def _write(setup_id: int, **values: object) -> None:
    """Change a setup that is still open. Commits."""
    with unit() as current:
        current.execute(update(CardSetup).where(CardSetup.id == setup_id, CardSetup.state == OPEN).values(**values))
