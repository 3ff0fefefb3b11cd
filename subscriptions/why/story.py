"""Why was I charged? The story of one refill: what was agreed, announced, tried, paid, sent, refunded.

Pure: rows in, story out. Nothing is written down for it, so it says nothing else than what happened.
"""

from __future__ import annotations

from collections.abc import Sequence

from kits.dates import written
from kits.money import Money
from shop.payments.tables import FAILED, Payment, Refund
from subscriptions import plural
from subscriptions.tables import CANCELLED, DROPPED, NEEDS_CUSTOMER, NOTIFIED, SCHEDULED, WAITING, Refill
from subscriptions.why import steps
from subscriptions.why.rows import Rows, Story, day_of


def story(rows: Rows) -> Story:
    """Tell it."""
    in_order = sorted(steps.of(rows), key=lambda step: step.at)
    return Story(_answer(rows), _facts(rows.refill), _sessions(rows), in_order)


def _answer(rows: Rows) -> str:
    refill = rows.refill
    if rows.payments:
        paid, back = _sum(rows.payments), [each for each in rows.refunds if each.state != FAILED]
        taken = "paid" if rows.payments[0].elsewhere else "charged"
        said = f"{paid} was {taken} for refill {refill.number} of your plan"
        if refill.notice is not None and refill.notice_amount is not None:
            named = Money(refill.notice_amount, refill.subscription.currency)
            said += f", as the mail of {day_of(refill.notice.queued_at)} said: it named {named}"
        return f"{said}. {_sum(back)} of it went back to you." if back else f"{said}."
    return {
        SCHEDULED: "Nothing was charged. We write to you at least 7 days before we charge for this refill.",
        NOTIFIED: f"Nothing was charged yet. It is announced, and charged on {written(refill.charge_on)}.",
        WAITING: "Nothing was charged. The box is not in stock, and we charge nothing while we have nothing to send.",
        NEEDS_CUSTOMER: "Nothing was charged. The payment could not be taken, and it waits for you.",
        DROPPED: "Nothing was charged. Your plan needs this refill no more, so it is not sent.",
        CANCELLED: "Nothing was charged, and nothing will be: this refill was ended.",
    }.get(refill.state, "Nothing has arrived yet: a payment for this refill is being tried.")


def _facts(refill: Refill) -> list[tuple[str, str]]:
    plan = refill.subscription
    found = [
        ("Plan", f"{plan.kit.name}, {plan.sessions} sessions, one every {plan.every_weeks} weeks"),
        ("First session", written(plan.start)),
        ("Last session", written(plan.last_session)),
        ("This refill", f"number {refill.number} of {len(plan.refills)}, {plural.boxes(plan.quantity)}"),
        ("Needed from", written(refill.needed_on)),
    ]
    if refill.state not in (DROPPED, CANCELLED):
        found.append(("For sessions until", written(refill.serves_until)))
    return found


def _sessions(rows: Rows) -> list[str]:
    return [
        f"Session {each.number}: {f'done on {written(each.done_on)}' if each.done_on else 'skipped'}"
        for each in sorted(rows.sessions, key=lambda each: each.number)
    ]


def _sum(rows: Sequence[Payment] | Sequence[Refund]) -> Money:
    of = [each.money if isinstance(each, Refund) else Money(each.amount, each.currency) for each in rows]
    return sum(of[1:], start=of[0])
