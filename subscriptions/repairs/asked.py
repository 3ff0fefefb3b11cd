"""What staff ask for, and that it was done: once a form, with its reason, in the audit log too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from kits import audit
from kits.errors import BadInput, NotFound
from shop.orders.tables import Order
from subscriptions.repairs.tables import Repair
from subscriptions.tables import Refill

LONGEST_REASON = 500


@dataclass(frozen=True)
class Asked:
    """Who asks, and why; `mark` is one a form, so that what is sent twice is done once."""

    reason: str
    mark: str
    actor: str

    def check(self) -> None:
        """Raises BadInput at `reason`."""
        if not self.reason.strip():
            raise BadInput("reason", "Give the reason: whoever reads the log later needs it.")
        if len(self.reason) > LONGEST_REASON:
            raise BadInput("reason", f"Keep this under {LONGEST_REASON} characters.")

    def was_done(self, session: Session, refill: Refill, what: str) -> bool:
        """It was done already: the form was sent twice. Ask under a lock that all who do it take."""
        return session.scalar(select(Repair.id).where(Repair.mark == self._key(refill, what))) is not None

    def write(self, session: Session, refill: Refill, what: str, now: datetime, order: Order | None = None) -> Repair:
        """It is done. Flushes."""
        reason = self.reason.strip()
        made = Repair(
            refill=refill, what=what, mark=self._key(refill, what), reason=reason, actor=self.actor, at=now, order=order
        )
        session.add(made)
        session.flush()
        more = {"replacement": order.number} if order is not None else {}
        # By its id alone: the log stays for ever, and the reason may name a person.
        subject, about = f"refill {refill.id}", {"repair": made.id, **more}
        audit.record(session, at=now, actor=self.actor, action=f"refill.{what}_by_staff", subject=subject, **about)
        return made

    def _key(self, refill: Refill, what: str) -> str:
        return f"{what}-{refill.id}-{self.mark}"


def refill_with(session: Session, refill_id: int) -> Refill:
    """The refill with this id; raises NotFound."""
    found = session.get(Refill, refill_id)
    if found is None:
        raise NotFound("There is no such refill.")
    return found


def of_refills(session: Session, refill_ids: Sequence[int]) -> Sequence[Repair]:
    """What staff did for these refills, the first first; one statement."""
    mine = select(Repair).where(Repair.refill_id.in_(refill_ids)).options(joinedload(Repair.order))
    return session.scalars(mine.order_by(Repair.id)).all()
