"""Going on after a plan has run to its end: the way to a new one. It is a purchase of its own, never made by itself."""

from __future__ import annotations

from kits.clock import today
from shop.links import external
from subscriptions.tables import ENDED, Subscription


def again_url(plan: Subscription) -> str:
    """The kit's page with the same plan filled in; "" unless it has run to its end and the kit is still on sale.

    Not for whoever ended the refills themselves. When to begin is theirs to choose.
    """
    if plan.ended_at is None or not ran_out(plan) or not plan.kit.published:
        return ""
    return external(
        "refillery_storefront.kit",
        slug=plan.kit.slug,
        sessions=plan.course_on(today(plan.ended_at)).sessions,
        every_weeks=_weeks(plan),
        quantity=plan.quantity,
        refills=0,
    )


def ran_out(plan: Subscription) -> bool:
    """True of a plan that is over because its last session was, not because its customer ended it."""
    return plan.state == ENDED and plan.ended_at is not None and plan.last_session < today(plan.ended_at)


def _weeks(plan: Subscription) -> int:
    return int(plan.changed[-1][2]) if plan.changed else plan.every_weeks
