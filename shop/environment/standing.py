"""Is this the database that bills, and the account that it bills? Where not, nothing is charged, refunded or mailed.

A worker asks when it starts and once a minute, a charge in a page's request
before it is begun. Stripe is asked for its account once a process, and again
before a difference is believed. Pages read only what the database says.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import Row, select, update
from sqlalchemy.exc import IntegrityError

from kits import host
from kits.engines import write_alone
from kits.errors import WrongState
from kits.settings import setting
from shop.environment.fingerprint import fingerprint
from shop.environment.tables import ONLY, Environment

FRESH_SECONDS = 60.0
COMMAND = "flask shop adopt-environment"
COPY = (
    "This database is not the one that bills: it is a copy, or it was moved. Nothing is charged, refunded or mailed "
    "from here. Keep it so if the shop runs elsewhere. If the shop is to run here from now on, stop it there and run: "
    f"{COMMAND}"
)
STRANGER = (
    "The Stripe key that is set here belongs to {here}, and this database bills {ours}. Nothing is charged, refunded "
    "or mailed with it. Set the key of that account. If the shop is to bill the new one from now on, run: {command}"
)
log = logging.getLogger("refillery.environment")
_KEY = "refillery_environment"
_MARKER = select(Environment.account, Environment.fingerprint, Environment.other_account)


class OtherEnvironment(WrongState):
    """This is a copy of the database that bills, or another account's key is set. The text says what to do."""

    wait = FRESH_SECONDS


@dataclass
class _Known:
    """What this process knows: the account of its key once Stripe was asked, and until when all counts as fine."""

    of: tuple[str, str] | None = None
    account: str | None = None
    fine_until: float = 0.0


def permit(clock: Callable[[], datetime]) -> None:
    """The same as `require`, for a worker at each of its looks: the time is asked for once a minute only."""
    if not is_fine():
        require(clock())


def is_fine() -> bool:
    """True when that was found out within the last minute. Asks nobody."""
    return time.monotonic() < _known().fine_until


def require(now: datetime, *, to_charge: bool = False) -> None:
    """Raises OtherEnvironment where nothing may be done; marks a database that has no marker. Commits.

    While Stripe does not answer, its account is taken for the right one; but
    `to_charge` raises the GatewayError.
    """
    known = _known()
    if is_fine() and (not to_charge or known.of == _keys()):
        return
    known.fine_until = 0.0
    problem = _difference(now, to_charge=to_charge)
    if problem:
        raise OtherEnvironment(problem)
    known.fine_until = time.monotonic() + FRESH_SECONDS


def problem() -> str | None:
    """What is wrong, and what to do, by what the database says alone; None when nothing is, or there is no marker."""
    with host.aside() as connection:
        marker = connection.execute(_MARKER).first()
        if marker is None:
            return None
        return _told(marker, fingerprint(connection), marker.other_account)


def refuse(actor: str) -> None:
    """Raises OtherEnvironment where staff may not refund. What others ask for waits, because no duty runs.

    Called outside a transaction: there it could wait for a connection that others have who wait for its lock.
    """
    if actor.startswith("staff:") and not is_fine() and (found := problem()):
        raise OtherEnvironment(found)


def account(*, must_answer: bool = False, again: bool = False) -> str | None:
    """The account of our key, in words; None when there is no key, it is not told, or Stripe does not answer.

    With `must_answer` raises the GatewayError instead of the last.
    """
    # Only here: the gateway's own requests count on what workers are, and workers ask here.
    from shop.payments.gateway.account import gateway
    from shop.payments.gateway.contract import GatewayError

    known = _known()
    if known.of != _keys() or again:
        try:
            known.account = f"{gateway().account_id()} ({_mode()} mode)"
        except GatewayError as error:
            if error.retry:
                if must_answer:
                    raise
                return None
            known.account = None  # no key, or one that may not ask
        known.of = _keys()
    return known.account


def here() -> str:
    """This database's fingerprint."""
    with host.aside() as connection:
        return fingerprint(connection)


def forget() -> None:
    """Look again the next time: the marker was written anew."""
    _known().fine_until = 0.0


def _difference(now: datetime, *, to_charge: bool) -> str | None:
    ours = account(must_answer=to_charge)
    marker, place = _read()
    if marker is None:
        _mark(ours, place, now)
        marker, place = _read()
    if marker is None:
        return None
    if ours and marker.account and ours != marker.account:
        ours = account(must_answer=to_charge, again=True)
    told = _told(marker, place, ours)
    if marker.fingerprint == place:
        _note(marker, ours, now)
    return told


def _read() -> tuple[Row[str | None, str, str | None] | None, str]:
    with host.aside() as connection:
        return connection.execute(_MARKER).first(), fingerprint(connection)


def _told(marker: Row[str | None, str, str | None], place: str, ours: str | None) -> str | None:
    if marker.fingerprint != place:
        return COPY
    if ours and marker.account and ours != marker.account:
        return STRANGER.format(here=ours, ours=marker.account, command=COMMAND)
    return None


def _mark(ours: str | None, place: str, now: datetime) -> None:
    with suppress(IntegrityError), host.unit() as session:  # another process may mark it at the same moment
        session.add(Environment(id=ONLY, account=ours, fingerprint=place, seen_at=now))


def _note(marker: Row[str | None, str, str | None], ours: str | None, now: datetime) -> None:
    """Write down whose key is set instead, for the pages; else that all was well just now. Commits."""
    if ours and marker.account and ours != marker.account:
        values: dict[str, object] = {"other_account": ours}
    else:
        values = {"account": marker.account or ours, "seen_at": now}
        values |= {"other_account": None} if ours else {}
    write_alone(host.alone(), update(Environment).values(values))


def _known() -> _Known:
    known: _Known = current_app.extensions.setdefault(_KEY, _Known())
    return known


def _keys() -> tuple[str, str]:
    return str(setting("STRIPE_SECRET_KEY")), str(setting("STRIPE_API_BASE"))


def _mode() -> str:
    return "test" if "_test_" in _keys()[0] else "live"
