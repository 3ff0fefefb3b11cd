"""The button of a finding: what it is about is looked at afresh, then mended by the same ways as everything else."""

from __future__ import annotations

from datetime import datetime

from kits import audit
from kits.errors import BadInput, NotFound, WrongState
from kits.host import end_reads, outside_transaction, session, unit
from shop.environment import standing
from shop.payments.elsewhere import check_line
from shop.reconciliation import keeping
from shop.reconciliation.comparing import afresh
from shop.reconciliation.comparing.batches import Compared
from shop.reconciliation.comparing.facts import Fact
from shop.reconciliation.kinds import KINDS
from shop.reconciliation.mending import ways
from shop.reconciliation.tables import LOOKED_INTO, OPEN, REPAIRED, Finding

LONGEST_REASON = 500
ENDED = "This was repaired or put aside meanwhile, so nothing was done."
GONE = "This is in order by now, so nothing was done."
STILL = "It was tried, and Stripe and the shop still do not agree. Look at it again, or put it aside with a reason."
SURE = "Say that you looked at the charge at Stripe: the money cannot be called back."


def repair(finding_id: int, *, actor: str, now: datetime, sure: bool = False) -> None:
    """Mend what an open finding is about. Commits; doing it twice does nothing twice. Audited.

    Raises WrongState, with what is so instead, where nothing was to be done or it could not be; BadInput at `sure`
    where money goes away and that was not confirmed; NotFound; OtherEnvironment in a copy; GatewayError.
    """
    outside_transaction()
    kind, about, seen_in = _open(finding_id)
    if KINDS[kind].gives_back and not sure:
        raise BadInput("sure", SURE)
    standing.refuse(actor)
    fact = _still(finding_id, kind, about, seen_in, now)
    ways.WAYS[kind](ways.Asked(finding_id, about, fact, actor, now))
    if afresh.look(kind, about) is not None:
        raise WrongState(STILL)
    _end(finding_id, REPAIRED, actor, now)


def look_into(finding_id: int, *, reason: str, actor: str, now: datetime) -> None:
    """Put an open finding aside with a reason; it comes back only if it changes. Commits. Audited.

    Raises BadInput at `reason`, WrongState for one that has ended, NotFound.
    """
    outside_transaction()
    _open(finding_id)
    reason = reason.strip()
    check_line("reason", reason, LONGEST_REASON)
    if not reason.isprintable():
        raise BadInput("reason", "Write this in one line of plain letters.")
    _end(finding_id, LOOKED_INTO, actor, now, reason)


def _open(finding_id: int) -> tuple[str, str, int]:
    """Its kind, what it is about, and the comparison that found it last."""
    found = session().get(Finding, finding_id)
    seen = None if found is None else (found.kind, found.about, found.seen_in)
    is_open = found is not None and found.state == OPEN
    end_reads()
    if seen is None:
        raise NotFound("There is no such finding.")
    if not is_open:
        raise WrongState(ENDED)
    return seen


def _still(finding_id: int, kind: str, about: str, seen_in: int, now: datetime) -> Fact:
    """What it is now; where it is no more, or something else by now, the finding ends and WrongState says so."""
    fact = afresh.look(kind, about)
    if fact is not None and fact.kind == kind:
        return fact
    if fact is not None:
        keeping.keep(seen_in, Compared(facts=[fact]), now=now)
    keeping.gone(finding_id, now=now)
    raise WrongState(GONE if fact is None else f"{GONE} But something else is wrong with it: see the list.")


def _end(finding_id: int, state: str, actor: str, now: datetime, reason: str = "") -> None:
    with unit() as current:
        if not keeping.close(current, finding_id, state, now=now, actor=actor, reason=reason):
            raise WrongState(ENDED)
        row = current.get_one(Finding, finding_id)
        about = {"kind": row.kind, "about": row.about, "order": row.order_number}
        audit.record(current, at=now, actor=actor, action=f"finding.{state}", subject=f"finding:{finding_id}", **about)
