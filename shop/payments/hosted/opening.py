"""Making a hosted page for an attempt that is committed. Plain values: no transaction is open while Stripe is asked."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, update

from kits.host import unit
from shop.customers.people import Person
from shop.customers.tables import Customer
from shop.links import order_url, return_url
from shop.payments import attempts
from shop.payments.gateway.account import gateway
from shop.payments.gateway.contract import Bill, GatewayError, Refused
from shop.payments.lease import PaymentLease
from shop.payments.tables import CLOSED


@dataclass(frozen=True)
class Opening:
    """All that making the page of an attempt takes. `key` is the one for its next request."""

    attempt_id: int
    order_id: int
    key: str
    token: str
    closes: datetime
    save_card: bool
    payer: Person
    bill: Bill


def open_page(lease: PaymentLease, opening: Opening, *, now: datetime) -> str:
    """Make the page under the attempt's key and return its address; asking again under it gives the same page.

    Gives the lease back with what became known. Commits.
    """
    with attempts.noting(opening.attempt_id):
        customer = opening.payer.gateway_id or gateway_customer(opening.payer, key=f"{opening.key}-customer")
        try:
            page = gateway().create_page(
                replace(opening.bill, customer=customer),
                save_card=opening.save_card,
                expires_at=opening.closes,
                success_url=return_url(opening.token),
                cancel_url=order_url(opening.token),
                key=f"{opening.key}-page",
            )
        except Refused:
            attempts.note(opening.attempt_id, state=CLOSED, ended_at=now)
            raise
    lease.end_with(*attempts.page_made(opening.attempt_id, page))
    return page.url or ""


def gateway_customer(payer: Person, *, key: str) -> str:
    """Make the gateway's customer once and keep its id; who comes second uses the first one's. Commits."""
    made = gateway().create_customer(payer.email, payer.name, key=key)
    first = func.coalesce(Customer.stripe_customer, made)
    known = update(Customer).where(Customer.id == payer.id).values(stripe_customer=first)
    with unit() as current:
        told = known.returning(Customer.stripe_customer).execution_options(synchronize_session=False)
        kept = str(current.scalars(told).one())
    if kept != made:
        with suppress(GatewayError):  # a name and an address that nobody would ever delete there
            gateway().forget_customer(made)
    return kept
