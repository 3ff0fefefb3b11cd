"""The steps of a refill's story, each with the ids by which support finds it."""

from __future__ import annotations

from collections.abc import Iterator

from kits.dates import written
from kits.money import Money
from shop.payments.tables import CLOSED, FAILED, HOSTED, PENDING, Payment, PaymentAttempt, Refund
from shop.work.outbox import DEAD, DROPPED, REFUSED, OutboxMail
from subscriptions.repairs.tables import CANCELLED, CHARGED, REPLACED
from subscriptions.why import resting
from subscriptions.why.decline_words import in_words
from subscriptions.why.rows import Rows, Step, day_of

REPAIRED = {
    CHARGED: ("We had the charge made again", "Someone of ours asked for it, without waiting for the next day."),
    CANCELLED: ("We cancelled the refill", "It is neither charged nor sent."),
    REPLACED: ("We sent it once more", "Its box was lost or broken, so we replaced it for nothing."),
}
"""What staff did, told to the customer."""


def of(rows: Rows) -> Iterator[Step]:
    """All of them, in no order."""
    yield from _agreed(rows)
    yield from _prices(rows)
    for mail in rows.notices:
        yield from _announced(rows, mail)
    yield from resting.of(rows)
    yield from _ordered(rows)
    yield from _money(rows)
    yield from _sent(rows)
    yield from _repaired(rows)


def _agreed(rows: Rows) -> Iterator[Step]:
    plan = rows.refill.subscription
    first = Money(plan.line.refill_amount, plan.currency)
    yield Step(
        plan.made_at,
        "You bought the plan with its refills",
        f"With order {plan.order.number}, at {first} for a refill box. You agreed that your card is charged for them.",
        (f"order {plan.order.number}", f"subscription {plan.id}", f"law {plan.law}"),
    )
    for each in rows.acknowledged:
        text = f"Version {each.version} of the notice on who must not use the kit, with your order."
        yield Step(each.accepted_at, "You confirmed the notice", text, (f"acknowledgement {each.id}",))
    for one in rows.confirmed:
        if one.accepted_at is not None:
            text = f"Version {one.version}, which we had asked you to read on {day_of(one.asked_at)}."
            yield Step(one.accepted_at, "You confirmed the notice", text, (f"plan acknowledgement {one.id}",))


def _prices(rows: Rows) -> Iterator[Step]:
    """Those that were told of before the refill's notice: a later one has no part in its charge."""
    noticed = rows.refill.notice.queued_at if rows.refill.notice else None
    for each in rows.prices:
        if each.announced_at is None or (noticed and each.announced_at > noticed):
            continue
        old, new = (Money(amount, rows.refill.subscription.currency) for amount in (each.old_amount, each.new_amount))
        ids = (f"plan price {each.id}", f"mail {each.mail_id}")
        text = f"A refill box costs {new} instead of {old}, in notices written from {written(each.from_day)} on."
        yield Step(each.announced_at, "We wrote of another price", text, ids)
        if each.accepted_at is not None:
            yield Step(each.accepted_at, "The mail about the price was accepted", "The mail server took it.", ids)


def _announced(rows: Rows, mail: OutboxMail) -> Iterator[Step]:
    refill, ids = rows.refill, (f"mail {mail.id}",)
    text = "Another one took its place later."
    if mail.id == refill.notice_id and refill.notice_amount is not None:
        text = f"It names {Money(refill.notice_amount, refill.subscription.currency)}: a charge takes that or less."
    yield Step(mail.queued_at, "We wrote the notice before the charge", text, ids)
    for each in mail.earlier:
        if each.sent_at is not None:
            yield Step(each.sent_at, "The notice was accepted", "It was sent again later, and counts from then.", ids)
    if mail.sent_at is not None:
        text = "The mail server took it. From then on at least 7 days pass before a charge."
        yield Step(mail.sent_at, "The notice was accepted", text, ids)
    elif mail.state in (REFUSED, DEAD, DROPPED):
        text = "So nothing is charged until a notice has reached you."
        more = tuple(part for part in (mail.state, mail.problem) if part)
        yield Step(mail.failing_since or mail.queued_at, "The notice could not be delivered", text, (*ids, *more))


def _ordered(rows: Rows) -> Iterator[Step]:
    order = rows.refill.order
    if order is not None:
        text = f"Order {order.number}, {order.total}. Its box was set aside for you before anything was charged."
        yield Step(order.made_at, "We placed the refill’s order", text, (f"order {order.number}",))


def _money(rows: Rows) -> Iterator[Step]:
    for each in rows.attempts:
        yield from _attempt(each)
    for paid in rows.payments:
        text = f"{Money(paid.amount, paid.currency)}, {_with(paid)}."
        ids = (f"payment {paid.id}", paid.intent_id or f"reference {paid.reference}")
        yield Step(paid.paid_at, "Your payment arrived", text, ids)
        if paid.disputed_at is not None:
            text = {"won": "It was decided for us.", "lost": "It was decided for you."}.get(
                paid.dispute or "", "While it is open nothing is refunded besides."
            )
            yield Step(paid.disputed_at, "Your bank asked about the payment", text, (f"payment {paid.id}",))
    for back in rows.refunds:
        yield from _refund(back)


def _with(paid: Payment) -> str:
    if paid.elsewhere:
        return paid.paid_how
    return (
        f"with your {(paid.card_brand or 'card').capitalize()} ending in {paid.card_last4}"
        if paid.card_last4
        else "by card"
    )


def _attempt(each: PaymentAttempt) -> Iterator[Step]:
    ids = tuple(part for part in (f"attempt {each.id}", each.intent_id, each.session_id, each.decline_code) if part)
    way = "You opened the payment page" if each.way == HOSTED else "We asked your bank to charge the saved card"
    yield Step(each.started_at, f"Attempt {each.number}: {Money(each.amount, each.currency)}", f"{way}.", ids)
    if each.ended_at is not None and each.decline_code is not None:
        yield Step(each.ended_at, f"Attempt {each.number} was declined", in_words(each.decline_code), ids)
    elif each.ended_at is not None and each.state == CLOSED:
        yield Step(each.ended_at, f"Attempt {each.number} was closed", "Nothing was taken by it.", ids)


def _refund(back: Refund) -> Iterator[Step]:
    ids = tuple(part for part in (f"refund {back.id}", back.gateway_id, back.reference, back.problem) if part)
    yield Step(back.asked_at, f"We refunded {back.money}", back.why.told, ids)
    if back.ended_at is not None and back.state != PENDING:
        sent = "We paid it back to you." if back.by_hand else "It is on its way to the card that paid."
        done = sent if back.state != FAILED else "We see to it and write to you."
        failed = "The refund did not go through" if back.state == FAILED else "The refund was accepted"
        yield Step(back.ended_at, failed, done, ids)


def _sent(rows: Rows) -> Iterator[Step]:
    order = rows.refill.order
    for parcel in order.parcels if order is not None else ():
        lots = [
            f"{each.units} × {each.lot.item.name}, lot {each.lot.code}, good until {written(each.lot.expires_on)}"
            for each in rows.contents.get(parcel.id, ())
        ]
        tracking = (f"tracking {parcel.tracking}",) if parcel.tracking else ()
        yield Step(parcel.shipped_at, "Your parcel left us", "; ".join(lots) + ".", (f"parcel {parcel.id}", *tracking))
        if parcel.delivered_at is not None:
            yield Step(parcel.delivered_at, "Your parcel arrived", "", (f"parcel {parcel.id}",))


def _repaired(rows: Rows) -> Iterator[Step]:
    for each in rows.repairs:
        ids = (f"repair {each.id}", *((f"order {each.order.number}",) if each.order else ()))
        yield Step(each.at, *REPAIRED[each.what], ids)
