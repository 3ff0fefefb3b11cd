"""Saving a card for a plan, on the gateway's own page."""

from __future__ import annotations

from datetime import datetime

from kits import host
from kits.errors import WrongState
from shop.links import external, order_url
from shop.payments.cards import setups
from subscriptions.cards.using import about
from subscriptions.tables import ACTIVE, Subscription

OVER = "These refills have ended, so no card is needed for them."


def save(subscription_id: int, role: str, *, now: datetime) -> str | None:
    """The address of the page on which the card is saved; None when one was saved there just now. Commits.

    Raises WrongState when the plan has ended, Busy or GatewayError while the
    page cannot be made.
    """
    host.outside_transaction()
    plan = host.session().get_one(Subscription, subscription_id)
    running, customer_id, token = plan.state == ACTIVE, plan.customer_id, plan.order.token
    host.end_reads()
    if not running:
        raise WrongState(OVER)
    back = external("refillery_cards.returned", token=token, subscription_id=subscription_id, role=role)
    wanted = setups.Wanted(
        customer_id=customer_id,
        about=about(subscription_id, role),
        success_url=f"{back}?page_id={{CHECKOUT_SESSION_ID}}",
        cancel_url=order_url(token),
    )
    return setups.save_card(wanted, now=now)
