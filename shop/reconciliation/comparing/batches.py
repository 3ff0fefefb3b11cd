"""A batch of Stripe's beside our rows: what differs, and which of our rows were found. Reads only, few statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from shop.payments.gateway.seen import ChargeSeen, DisputeSeen, RefundSeen, together
from shop.reconciliation.comparing import facts, ours
from shop.reconciliation.comparing.facts import Fact, OurRefund


@dataclass
class Compared:
    """The differences of a batch; `payments` by the ids of their intents, and `refunds` by their own, were found."""

    facts: list[Fact] = field(default_factory=list)
    payments: list[str] = field(default_factory=list)
    refunds: list[int] = field(default_factory=list)

    def note(self, fact: Fact | None) -> None:
        """Keep a difference, if it is one."""
        if fact is not None:
            self.facts.append(fact)


def charges(session: Session, batch: Sequence[ChargeSeen]) -> Compared:
    """Charges that took money: each is a payment of ours, or something is wrong."""
    took = [each for each in batch if each.paid]
    known = ours.payments(session, {each.intent_id for each in took if each.intent_id})
    strange = [each for each in took if each.intent_id not in known]
    totals = ours.totals(session, {number for each in strange for number in _named(each)})
    done = Compared(payments=list(known))
    for each in took:
        total = totals.get(facts.named(each, "order") or "")
        mine = any(number in totals for number in _named(each))
        done.note(facts.of_charge(each, known.get(each.intent_id or ""), total, mine))
    return done


def refunds(session: Session, batch: Sequence[RefundSeen]) -> Compared:
    """Refunds, made here or by hand at Stripe."""
    known = ours.refunds_named(session, [each.id for each in batch], [each.mark for each in batch if each.mark])
    paired = [(each, _pair(each, known)) for each in batch]
    paid = ours.payments(session, {each.intent_id for each, mine in paired if mine is None and each.intent_id})
    done = Compared(refunds=[each.id for each in known])
    for each, mine in paired:
        done.note(facts.of_refund(each, mine, paid.get(each.intent_id or "")))
    return done


def disputes(session: Session, batch: Sequence[DisputeSeen]) -> Compared:
    """Disputes by the intent they are about: those of one stand together."""
    paid = ours.payments(session, {each.intent_id for each in batch if each.intent_id})
    done = Compared()
    for about in dict.fromkeys(each.intent_id or each.id for each in batch):
        said = together(each for each in batch if about in (each.intent_id, each.id))
        done.note(facts.of_dispute(about, said, paid.get(about)))
    return done


def _named(seen: ChargeSeen) -> set[str]:
    """The orders that a charge names: its own, and the first one of its plan."""
    return {number for what in ("order", "root_order") if (number := facts.named(seen, what))}


def _pair(seen: RefundSeen, known: Sequence[OurRefund]) -> OurRefund | None:
    """By Stripe's id; by our mark alone only while we have none: one made twice under a mark is known once."""
    return next(
        (each for each in known if seen.id == each.gateway_id or (not each.gateway_id and each.mark == seen.mark)), None
    )
