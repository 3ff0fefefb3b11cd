"""Where the two sides differ, decided from plain values: nothing is asked and nothing read here."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kits.money import Money
from shop.payments.gateway.seen import ChargeSeen, DisputeSeen, RefundSeen
from shop.payments.tables import FAILED, PENDING, SUCCEEDED
from shop.reconciliation.kinds import (
    CHARGE_OTHER_AMOUNT,
    CHARGE_UNKNOWN,
    CHARGE_UNSETTLED,
    DISPUTE_DIFFERS,
    DISPUTE_UNKNOWN,
    PAYMENT_DIFFERS,
    PAYMENT_MISSING,
    REFUND_DIFFERS,
    REFUND_MISSING,
    REFUND_UNKNOWN,
)

NONE = "none"
NUMBER = re.compile(r"[A-Za-z0-9._-]{1,40}", re.ASCII)
"""What an order may be called: other programs on the account may write anything on their charges, names as well."""


@dataclass(frozen=True)
class Fact:
    """A difference: which `kind`, `about` what, how much money, of which order, and how it stands on either side."""

    kind: str
    about: str
    money: Money
    order: str | None = None
    ours: str = ""
    theirs: str = ""


@dataclass(frozen=True)
class OurPayment:
    """A payment as our books have it; `dispute` is open, lost, won or None."""

    intent_id: str
    money: Money
    order: str
    dispute: str | None

    @property
    def disputed(self) -> bool:
        """True while nothing of it goes back."""
        return self.dispute in ("open", "lost")


@dataclass(frozen=True)
class OurRefund:
    """A refund as our books have it."""

    id: int
    gateway_id: str | None
    mark: str
    state: str
    money: Money
    payment: OurPayment


def named(seen: ChargeSeen, what: str) -> str | None:
    """The number of an order that a charge names as `what`; None for what can be none: anybody may write there."""
    number = seen.metadata.get(what, "")
    return number if NUMBER.fullmatch(number) else None


def of_charge(seen: ChargeSeen, payment: OurPayment | None, total: Money | None, known: bool) -> Fact | None:
    """A charge beside the payment that we have of it, or else beside the `total` of the order that it names.

    `known` is true when that order, or the plan it is of, is ours. What has gone back whole is nobody's any more.
    """
    order = named(seen, "order")
    if not seen.paid:
        return None
    if payment is not None:
        return of_amounts(payment, seen.taken)
    if not seen.left.amount:
        return None
    if not known or seen.intent_id is None:
        return Fact(CHARGE_UNKNOWN, seen.id, seen.left, order)
    if total is not None and total != seen.taken:
        return Fact(CHARGE_OTHER_AMOUNT, seen.id, seen.left, order, str(total), str(seen.taken))
    return Fact(CHARGE_UNSETTLED, seen.id, seen.taken, order)


def of_amounts(payment: OurPayment, taken: Money) -> Fact | None:
    """A payment beside the money that was taken."""
    if payment.money == taken:
        return None
    about = payment.intent_id
    return Fact(PAYMENT_DIFFERS, about, taken, payment.order, str(payment.money), str(taken))


def of_payment(payment: OurPayment, status: str | None, taken: Money) -> Fact | None:
    """A payment beside its intent; `status` is None for one that Stripe does not know."""
    if status == "succeeded":
        return of_amounts(payment, taken)
    theirs = (status or NONE).replace("_", " ")
    return Fact(PAYMENT_MISSING, payment.intent_id, payment.money, payment.order, "paid", theirs)


def of_refund(seen: RefundSeen, ours: OurRefund | None, payment: OurPayment | None) -> Fact | None:
    """A refund at Stripe beside ours. One of a charge that is not known here stands with the charge."""
    theirs = FAILED if seen.failed else SUCCEEDED
    if ours is None:
        if payment is None or seen.failed:
            return None
        return Fact(REFUND_UNKNOWN, seen.id, seen.amount or payment.money, payment.order, NONE, theirs)
    if ours.state == theirs and seen.amount in (None, ours.money):
        return None
    both = (f"{ours.state}, {ours.money}", f"{theirs}, {seen.amount or ours.money}")
    return Fact(REFUND_DIFFERS, seen.id, seen.amount or ours.money, ours.payment.order, *both)


def of_missing_refund(ours: OurRefund) -> Fact | None:
    """A refund of ours that Stripe does not have. One that failed need not be there, and one in dispute waits."""
    if ours.state == FAILED or (ours.state == PENDING and ours.payment.disputed):
        return None
    return Fact(REFUND_MISSING, f"refund-{ours.id}", ours.money, ours.payment.order, ours.state, NONE)


def of_dispute(about: str, seen: DisputeSeen | None, payment: OurPayment | None) -> Fact | None:
    """How the disputes of an intent stand at Stripe beside what its payment says here."""
    ours, theirs = (payment.dispute if payment else None) or NONE, seen.standing if seen else NONE
    if ours == theirs:
        return None
    known = [seen.amount if seen else None, payment.money if payment else None]
    money = next(each for each in known if each is not None)
    kind = DISPUTE_UNKNOWN if ours == NONE else DISPUTE_DIFFERS
    return Fact(kind, about, money, payment.order if payment else None, ours, theirs)
