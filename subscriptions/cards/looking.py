"""Whether the cards of running plans are still there: the gateway is asked about each once in four weeks.

So it is known in the month before a charge whatever became of the event that
should have told us. Of a plan whose cards we know nothing yet it is asked at once.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select, update

from kits import host
from kits.clock import today
from kits.errors import RefilleryError
from shop.payments.cards.learning import learn
from shop.payments.gateway.contract import Refused
from shop.work.timetable import periodic
from subscriptions.tables import ACTIVE, Subscription

EVERY = timedelta(days=28)
A_TURN = 200
log = logging.getLogger("refillery.subscriptions")


def look_round(now: datetime) -> None:
    """Look at the cards of the plans whose turn it is, at most 200 a turn. Commits, plan by plan.

    While the gateway does not answer, the rest waits for the next turn.
    """
    host.outside_transaction()
    for plan_id, cards, customer_id in _due(today(now)):
        if not all(look(card, now, customer_id) for card in cards if card):
            return
        with host.unit() as session:
            seen = update(Subscription).where(Subscription.id == plan_id).values(card_seen_on=today(now))
            session.execute(seen.execution_options(synchronize_session=False))


def look(card: str, now: datetime, owner: int | None = None) -> bool:
    """Ask the gateway about one card and keep what it says; False while it does not answer. Commits."""
    try:
        learn(card, now=now, owner=owner)
    except Refused:
        log.warning("the gateway does not know a card of ours")
    except RefilleryError as error:
        host.end_reads()
        log.warning("a card could not be looked up: %s", type(error).__name__)
        return False
    return True


def _due(day: date) -> Sequence[tuple[int, tuple[str | None, str | None], int]]:
    """The plans whose turn it is: their ids, both their cards and their customers."""
    of_plan = (Subscription.id, Subscription.card, Subscription.backup_card, Subscription.customer_id)
    late = or_(Subscription.card_seen_on.is_(None), Subscription.card_seen_on <= day - EVERY)
    mine = select(*of_plan).where(Subscription.state == ACTIVE, Subscription.card.is_not(None), late)
    try:
        rows = host.session().execute(mine.order_by(Subscription.id).limit(A_TURN))
        return [(plan_id, (card, backup), customer_id) for plan_id, card, backup, customer_id in rows]
    finally:
        host.end_reads()


LOOKING_DUTY = periodic("cards to look at", timedelta(hours=1), look_round)
