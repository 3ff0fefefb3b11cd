"""A customer's own address book: made from orders that were paid, added to, changed, removed with a day to undo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from kits.errors import BadInput, NotFound, WrongState
from kits.host import unit
from shop.customers.people import is_alive
from shop.customers.tables import Customer, SavedAddress
from shop.orders.placing.address import Address, check_words
from shop.registers import Settled
from shop.selling import rules

FIELDS = ("name", "line1", "line2", "city", "postcode", "country")
MOST = 10
UNDO = timedelta(days=1)
FULL = f"Your address book holds {MOST} addresses. Remove one first."
GONE = "There is no such address in your book any more."


def book(session: Session, customer_id: int) -> Sequence[SavedAddress]:
    """The customer's addresses: the default first, then the one used last."""
    first = (SavedAddress.is_default.desc(), SavedAddress.used_at.desc(), SavedAddress.id.desc())
    return session.scalars(select(SavedAddress).where(*_theirs(customer_id)).order_by(*first)).all()


def one(session: Session, customer_id: int, address_id: int) -> SavedAddress:
    """One address of the book; raises NotFound, for those of others, too."""
    found = session.scalars(select(SavedAddress).where(*_theirs(customer_id), SavedAddress.id == address_id)).first()
    if found is None:
        raise NotFound(GONE)
    return found


def filled_in(session: Session, customer: Customer | None) -> dict[str, str]:
    """What a checkout is filled in with for whoever is signed in; empty for everybody else.

    Only addresses of the book: an order that somebody else placed under this e-mail and never paid leads nowhere.
    """
    if customer is None:
        return {}
    known = {"email": customer.email, "name": customer.name}
    addresses = book(session, customer.id)
    return {**known, **{field: getattr(addresses[0], field) for field in FIELDS}} if addresses else known


def add(customer_id: int, given: Mapping[str, Any], *, now: datetime) -> None:
    """Add an address. Commits; one that stands in the book already is not added twice. Raises BadInput."""
    written = _checked(given)
    with unit() as session:
        _lock(session, customer_id)
        _write_down(session, customer_id, written, now=now, default=bool(given.get("is_default")))


def change(customer_id: int, address_id: int, given: Mapping[str, Any], *, now: datetime) -> None:
    """Change an address of the book. Commits. Raises BadInput, NotFound."""
    written = _checked(given)
    with unit() as session:
        _lock(session, customer_id)
        address = one(session, customer_id, address_id)
        for field, value in written.items():
            setattr(address, field, value)
        _set_default(session, address, default=bool(given.get("is_default")))


def remove(customer_id: int, address_id: int, *, now: datetime) -> None:
    """Take an address out of the book; for a day it can be put back. Commits. Raises NotFound."""
    with unit() as session:
        _lock(session, customer_id)
        address = one(session, customer_id, address_id)
        address.removed_at, address.is_default = now, False


def removed(session: Session, customer_id: int, address_id: int, now: datetime) -> SavedAddress | None:
    """The address if it was removed from this book within the last day."""
    since = (SavedAddress.customer_id == customer_id, SavedAddress.removed_at > now - UNDO)
    return session.scalars(select(SavedAddress).where(SavedAddress.id == address_id, *since)).first()


def put_back(customer_id: int, address_id: int, *, now: datetime) -> None:
    """Put a removed address back; one that is there is left alone. Commits.

    Raises NotFound after a day, WrongState when the book is full by now.
    """
    with unit() as session:
        _lock(session, customer_id)
        address = removed(session, customer_id, address_id, now)
        if address is None:
            one(session, customer_id, address_id)
        elif _is_full(session, customer_id):
            raise WrongState(FULL)
        else:
            address.removed_at = None


def settle_step(session: Session, settled: Settled) -> None:
    """Write down where a paid order goes, unless the book is full or its person was erased."""
    order = settled.order
    if settled.what != "paid" or order.kind != "kit":
        return
    # Locked against an erasure alone: a lock on the book would be taken after those on the stock, against the order
    # of all others. So two payments at one moment may write the same address down twice, which harms nobody.
    if is_alive(session, order.customer_id):
        written = {field: getattr(order, field) for field in FIELDS}
        with suppress(BadInput):
            _write_down(session, order.customer_id, written, now=settled.now)


def forget_removed(now: datetime) -> None:
    """Addresses that were removed more than a day ago are gone for good. Commits."""
    with unit() as session:
        session.execute(delete(SavedAddress).where(SavedAddress.removed_at <= now - UNDO))


def _write_down(
    session: Session, customer_id: int, written: Mapping[str, str], *, now: datetime, default: bool = False
) -> None:
    addresses = book(session, customer_id)
    address = next((each for each in addresses if _same(each, written)), None)
    if address is None:
        if len(addresses) >= MOST:
            raise BadInput("name", FULL)
        address = SavedAddress(customer_id=customer_id, **written)
        session.add(address)
    address.used_at = now
    if default:
        _set_default(session, address, default=True)
    session.flush()


def _set_default(session: Session, address: SavedAddress, *, default: bool) -> None:
    if default:
        theirs = update(SavedAddress).where(SavedAddress.customer_id == address.customer_id)
        session.execute(theirs.values(is_default=False))
    address.is_default = default


def _same(address: SavedAddress, written: Mapping[str, str]) -> bool:
    return all(_plain(getattr(address, field)) == _plain(written[field]) for field in FIELDS)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _is_full(session: Session, customer_id: int) -> bool:
    count = select(func.count()).select_from(SavedAddress).where(*_theirs(customer_id))
    return (session.scalar(count) or 0) >= MOST


def _lock(session: Session, customer_id: int) -> None:
    """One at a time changes a book, and nobody writes into that of a person who is being erased."""
    alive = update(Customer).where(Customer.id == customer_id, Customer.erased_at.is_(None))
    if session.execute(alive.values(sign_ins=Customer.sign_ins)).rowcount != 1:  # type: ignore[attr-defined]
        raise NotFound(GONE)


def _theirs(customer_id: int) -> tuple[Any, ...]:
    return SavedAddress.customer_id == customer_id, SavedAddress.removed_at.is_(None)


def _checked(given: Mapping[str, Any]) -> dict[str, str]:
    written = {field: str(given.get(field, "")).strip() for field in FIELDS}
    address = Address(**{field: written[field] for field in FIELDS if field != "name"})
    check_words({"name": written["name"]})
    served = rules.countries()
    if address.country not in served:
        raise BadInput("country", f"We deliver to: {', '.join(served)}.")
    return {"name": written["name"], **vars(address.tidied())}
