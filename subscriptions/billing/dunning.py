"""What follows a decline, as pure decisions: the backup card, another try on a day, or asking the customer.

Nothing here reads a clock or a database. A day is one of the shop's zone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from subscriptions.billing.codes import NOT_BEFORE_HOURS, Kind, kind_of

MOST_TRIES, WINDOW = 8, timedelta(days=30)
"""However the days are set: no charge is tried more often than this. Stripe advises no more than eight tries."""


@dataclass(frozen=True)
class Decline:
    """One declined try of a charge: when, and what was said of it; `backup` when it was the backup card's."""

    at: datetime
    code: str
    advice: str | None = None
    network_advice: str | None = None
    network: str | None = None
    brand: str | None = None
    backup: bool = False

    @property
    def kind(self) -> Kind:
        """What it means."""
        return kind_of(self.code, self.advice, self.network_advice, self.network, self.brand)

    @property
    def not_before(self) -> datetime | None:
        """The moment before which the network wants no other try."""
        hours = NOT_BEFORE_HOURS.get(self.network_advice or "")
        return None if hours is None else self.at + timedelta(hours=hours)


@dataclass(frozen=True)
class Again:
    """Try the same card on this day, and not before this moment."""

    on: date
    not_before: datetime | None = None


@dataclass(frozen=True)
class Backup:
    """Try the backup card, at once."""


@dataclass(frozen=True)
class AskCustomer:
    """No try of ours follows. `card_is_dead`: the card that was tried must never be tried again."""

    card_is_dead: bool


Next = Again | Backup | AskCustomer


def after(
    declines: Sequence[Decline],
    days: Sequence[int],
    day_of: Callable[[datetime], date],
    *,
    has_backup: bool,
    earlier: Sequence[Decline] = (),
) -> Next:
    """What follows the last of `declines`, the oldest first.

    `days` are the days after the first decline on which the card is tried
    again, counted from one try to the next: tries that were held up do not
    fall on one day afterwards. `has_backup`: there is another card. `earlier`
    are the tries under orders that were closed: no day of the schedule, but
    they count among the eight.
    """
    last, own = declines[-1], [each for each in declines if not each.backup]
    tried_backup = len(own) < len(declines)
    if has_backup and not tried_backup and last.kind in ("soft", "hard") and may_try([*earlier, *declines], last.at):
        return Backup()
    judged = own[-1] if own else last
    if judged.kind not in ("soft", "passing"):
        return AskCustomer(card_is_dead=judged.kind in ("hard", "stopped"))
    return _again([*earlier, *declines], own, days, day_of) or AskCustomer(card_is_dead=False)


def may_try(declines: Sequence[Decline], moment: datetime) -> bool:
    """True while the last thirty days before `moment` hold fewer than eight tries."""
    return sum(each.at > moment - WINDOW for each in declines) < MOST_TRIES


def free_on(declines: Sequence[Decline], moment: datetime, day_of: Callable[[datetime], date]) -> date | None:
    """The first day on which one more try is allowed; None when it is at this moment."""
    if may_try(declines, moment):
        return None
    return day_of(sorted(each.at for each in declines)[-MOST_TRIES] + WINDOW) + timedelta(days=1)


def _again(
    declines: Sequence[Decline], own: Sequence[Decline], days: Sequence[int], day_of: Callable[[datetime], date]
) -> Again | None:
    """The next day of the schedule, or later where the network wants that; None when the tries are used up."""
    tries = len(own)
    if tries > len(days):
        return None
    last = own[-1]
    day = day_of(last.at) + timedelta(days=days[tries - 1] - (days[tries - 2] if tries > 1 else 0))
    earliest = last.not_before
    if earliest is not None:
        day = max(day, day_of(earliest))
    # The hour of the day is not known yet: as if it were the earliest, so that the window holds the most tries.
    if not may_try(declines, last.at + timedelta(days=(day - day_of(last.at)).days - 1)):
        return None
    return Again(day, earliest)
