"""A way to mend each kind of finding. Each may be gone twice, or by two at once: it then does nothing more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from kits import audit
from kits.errors import WrongState
from kits.host import end_reads, session, unit
from shop.environment import importing
from shop.orders.find import locked, order_by_number
from shop.orders.tables import Order
from shop.papers.issuing import paying
from shop.payments.gateway.account import gateway
from shop.payments.gateway.contract import FailedInside, Intent
from shop.payments.giving_back import correcting, disputes, refunds
from shop.payments.tables import PENDING, Payment, Refund
from shop.reconciliation import kinds
from shop.reconciliation.comparing import afresh
from shop.reconciliation.comparing.facts import Fact
from shop.reconciliation.tables import Finding
from shop.work.running.keeping import holding

NOT_AS_ORDERED = (
    "Stripe took {taken}, and order {order} costs {total}. That cannot be taken over: put it aside, or refund."
)
NAMES_ANOTHER = "At Stripe its payment names another order than the charge, or none. Look into it."
BEING_SENT = "A worker asks Stripe for this refund at this moment. Look again in a minute."
NOT_HERE = (
    "It cannot be settled: its order is not here, and its refill is paid otherwise or is not to come. Refund it at "
    "Stripe, and the next comparison closes this."
)


@dataclass(frozen=True)
class Asked:
    """What is to be mended: the finding's id, what it is about, how it stands, who asks, and when."""

    finding_id: int
    about: str
    fact: Fact
    actor: str
    now: datetime


def _settle(asked: Asked) -> None:
    """As if Stripe's word came late. It must not go back as a second payment where the first is not at Stripe."""
    seen = gateway().charge(asked.about)
    assert seen.intent_id is not None, "a charge of no intent is of another kind"
    intent = gateway().intent(seen.intent_id)
    if asked.fact.order is None or intent.metadata.get("order") != asked.fact.order:
        raise WrongState(NAMES_ANOTHER)
    if not _takes_its_place(asked, intent) and not importing.bring_in(intent, now=asked.now):
        raise WrongState(NOT_HERE)


def _takes_its_place(asked: Asked, intent: Intent) -> bool:
    """Where the order counts as paid by an intent that Stripe has not taken money by, this one stands there instead.

    False for any other order.
    """
    current = session()
    order_id = current.scalar(select(Order.id).where(Order.number == asked.fact.order))
    paid = paying(current, order_id) if order_id else None
    named = paid.intent_id if paid else None
    end_reads()
    missing = afresh.look(kinds.PAYMENT_MISSING, named) if named else None
    if order_id is None or missing is None or missing.kind != kinds.PAYMENT_MISSING:
        return False
    with unit() as current:
        order = locked(current, order_id)
        mine = update(Payment).where(Payment.intent_id == named, Payment.amount == intent.received)
        done = current.execute(mine.values(intent_id=intent.id))
        audit.record(
            current, at=asked.now, actor=asked.actor, action="payment.corrected", subject=order.number,
            was=named, now=intent.id,
        )  # fmt: skip
        return bool(done.rowcount)  # type: ignore[attr-defined]


def _give_back(asked: Asked) -> None:
    """All that is left of the charge, by a key that is the finding's own."""
    finding = select(Finding.requests).where(Finding.id == asked.finding_id)
    tries = session().scalar(finding) or 0
    end_reads()
    with unit() as current:
        audit.record(
            current, at=asked.now, actor=asked.actor, action="charge.refund", subject=asked.about,
            amount=asked.fact.money.amount,
        )  # fmt: skip
    try:
        gateway().refund_charge(asked.about, key=f"finding-{asked.about}-{tries}")
    except FailedInside:
        with unit() as current:
            mine = update(Finding).where(Finding.id == asked.finding_id, Finding.requests == tries)
            current.execute(mine.values(requests=tries + 1))
        raise


def _ask_again(asked: Asked) -> None:
    """Stripe has been asked just now, and still does not have it."""
    raise WrongState(f"Stripe was asked just now: this payment is {asked.fact.theirs} there. Look into it.")


def _take_over_sum(asked: Asked) -> None:
    """Stripe's sum, where it is what the order costs."""
    number, taken = asked.fact.order or "", asked.fact.money
    order_id = order_by_number(session(), number).id
    end_reads()
    with unit() as current:
        order = locked(current, order_id)
        payment = current.scalars(select(Payment).where(Payment.intent_id == asked.about)).one()
        if taken != order.total:
            raise WrongState(NOT_AS_ORDERED.format(taken=taken, order=number, total=order.total))
        was = payment.money
        payment.amount, payment.currency = taken.amount, taken.currency
        audit.record(
            current, at=asked.now, actor=asked.actor, action="payment.corrected", subject=number,
            was=was.as_json(), now=taken.as_json(),
        )  # fmt: skip


def _record_refund(asked: Asked) -> None:
    correcting.record(asked.about, actor=asked.actor, now=asked.now)


def _ask_for_refund(asked: Asked) -> None:
    """One that was not asked yet is asked for; one that counts as given failed."""
    refund_id = int(asked.about.removeprefix("refund-"))
    state = session().scalar(select(Refund.state).where(Refund.id == refund_id))
    end_reads()
    if state == PENDING:
        with holding(Refund, refund_id, BEING_SENT):
            refunds.send(refund_id, asked.now)
    else:
        correcting.not_given(refund_id, actor=asked.actor, now=asked.now)


def _take_over_refund(asked: Asked) -> None:
    correcting.take_over(asked.about, actor=asked.actor, now=asked.now)


def _take_over_dispute(asked: Asked) -> None:
    """The same way as Stripe's event would have gone."""
    if asked.fact.order is None:
        raise WrongState("The charge that it is about is not known here. Mend that first, or put this aside.")
    if disputes.look(asked.about, now=asked.now) is None:
        raise WrongState("Stripe has no dispute of this payment. Put it aside, and say what you found.")


WAYS: dict[str, Callable[[Asked], None]] = {
    kinds.CHARGE_UNSETTLED: _settle,
    kinds.CHARGE_OTHER_AMOUNT: _give_back,
    kinds.CHARGE_UNKNOWN: _give_back,
    kinds.PAYMENT_MISSING: _ask_again,
    kinds.PAYMENT_DIFFERS: _take_over_sum,
    kinds.REFUND_UNKNOWN: _record_refund,
    kinds.REFUND_MISSING: _ask_for_refund,
    kinds.REFUND_DIFFERS: _take_over_refund,
    kinds.DISPUTE_UNKNOWN: _take_over_dispute,
    kinds.DISPUTE_DIFFERS: _take_over_dispute,
}
