"""Charging a refill at once because staff ask for it: under the worker's own lease, by its own charge and settling."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits import host
from kits.clock import today
from kits.errors import WrongState
from shop.environment import standing
from shop.work.running.keeping import holding
from subscriptions.billing.billing import bill, move
from subscriptions.duties import charge_due
from subscriptions.repairs.asked import Asked
from subscriptions.repairs.chargeable import why_not
from subscriptions.repairs.tables import CHARGED
from subscriptions.tables import DECLINED, NOTIFIED, OPEN, UNPAID, WAITING, Refill

AT_IT = "This refill is being charged, or made ready for it, at this moment. Look again in a minute."
NOT_NOW = "This refill cannot be charged just now. Load the page again."


def charge_now(refill_id: int, asked: Asked, *, now: datetime) -> str:
    """Charge a refill as the worker would, whatever day it waits for; its state afterwards. Commits; once a form.

    Raises BadInput at `reason`; WrongState where it may not be charged: not
    before seven days after its notice, while it rests, or more often than is
    allowed; Busy while a worker is at it. Raises GatewayError when
    the outcome is not known: then the worker finds out.
    """
    asked.check()
    host.outside_transaction()
    standing.require(now, to_charge=True)
    with holding(Refill, refill_id, AT_IT):
        if _brought_forward(refill_id, asked, now):
            bill(refill_id, now)
    return _state(refill_id)


def _brought_forward(refill_id: int, asked: Asked, now: datetime) -> bool:
    """Its day is today from now on; False when this form has asked for it already. Commits."""
    with host.unit() as session:
        refill = _locked(session, refill_id)
        if asked.was_done(session, refill, CHARGED):
            return False
        if said := why_not(session, refill, now):
            raise WrongState(said)
        if refill.state in UNPAID:
            refill.state, refill.retry_on, refill.retry_after = DECLINED, today(now), None
        elif refill.state == WAITING:
            refill.state, refill.waited_at = NOTIFIED, None
        asked.write(session, refill, CHARGED, now)
        if session.scalar(select(Refill.id).where(Refill.id == refill_id, charge_due(now))) is None:
            raise WrongState(NOT_NOW)  # what makes a charge due for a worker makes it so for staff, too
        return True


def _locked(session: Session, refill_id: int) -> Refill:
    move(session, refill_id, OPEN, number=Refill.number)
    return session.get_one(Refill, refill_id, populate_existing=True)


def _state(refill_id: int) -> str:
    try:
        return str(host.session().scalar(select(Refill.state).where(Refill.id == refill_id)))
    finally:
        host.end_reads()
