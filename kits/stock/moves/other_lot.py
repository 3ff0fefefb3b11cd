"""Taking another lot than the one set aside: the one that should leave first is not always found on the shelf."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from kits.clock import today
from kits.dates import written
from kits.errors import NotFound, WrongState
from kits.stock.ledger import Cause, is_done, post
from kits.stock.moves.packing import reservations, split
from kits.stock.promises.availability import Shelf
from kits.stock.promises.reservations import lock_items, shelves
from kits.stock.tables import ALLOCATED, Lot, Reservation


def take_instead(session: Session, order_number: str, lot_id: int, instead_of: int, cause: Cause) -> bool:
    """Set one unit of a lot aside for the order in place of one of the lot `instead_of`. Flushes.

    A `cause.key` is done once: False when it was done before. `cause.reason`
    says why the lot that expires first stays behind. Raises NotFound for
    a lot there is not, WrongState for what `why_not` says.
    """
    lock_items(session, order_number)
    if is_done(session, cause.key):
        return False
    lot, other = (session.get(Lot, each, populate_existing=True) for each in (lot_id, instead_of))
    if lot is None or other is None:
        raise NotFound("There is no such lot.")
    if refused := why_not(session, order_number, lot, other, today(cause.now)):
        raise WrongState(refused)
    row = _served_by(session, order_number, other)[0]
    mine = replace(cause, order_number=order_number)
    post(session, other, "allocate", replace(mine, key=None), allocated=-1)
    post(session, lot, "allocate", mine, allocated=1)
    split(session, row, 1, ALLOCATED, lot.id)
    return True


def why_not(session: Session, order_number: str, lot: Lot, instead_of: Lot, today: date) -> str:
    """Why one unit of `lot` cannot serve the order in place of one of `instead_of`; empty when it can."""
    rows = _served_by(session, order_number, instead_of)
    if not rows or lot.item_id != instead_of.item_id:
        return f"Lot {instead_of.code} is not set aside for this order any more. Load the page again."
    until = max(rows[0].serves_until, today)
    if lot.expires_on < until:
        return f"Lot {lot.code} expires too soon: this order needs what lasts until {written(until)}."
    if lot.free < 1:
        return f"All of lot {lot.code} is set aside for other orders or in quarantine."
    shelf = shelves(session, [lot.item_id], today)[lot.item_id]
    if _exchanged(shelf, lot, instead_of, rows[0].serves_until, today).missing(today) > shelf.missing(today):
        return f"Lot {lot.code} lasts longest, and other orders need that."
    return ""


def _served_by(session: Session, order_number: str, lot: Lot) -> list[Reservation]:
    """The order's reservations allocated to the lot; what another lot serves most easily comes first."""
    return [row for row in reservations(session, order_number, ALLOCATED) if row.lot_id == lot.id][::-1]


def _exchanged(shelf: Shelf, taken: Lot, freed: Lot, until: date, today: date) -> Shelf:
    lots, promised = Counter(shelf.lots), Counter(shelf.promised)
    lots[taken.expires_on] -= 1
    lots[freed.expires_on] += 1
    if freed.expires_on < today:  # then it was owed still
        promised[until] -= 1
    return Shelf(lots, promised)
