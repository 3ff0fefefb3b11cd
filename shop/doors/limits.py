"""Rate limits: how many requests an address may make in a minute, counted on our database."""

from __future__ import annotations

import hashlib
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from flask import Response, current_app, request
from limits import RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy.exc import SQLAlchemyError

from shop.doors.prepaid import PrepaidStorage

log = logging.getLogger("refillery.doors")
READING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Budget:
    """`a_minute` requests, unless SHOP_RATE_LIMIT_PER_MINUTE says otherwise; `reads` counts GETs, too."""

    name: str
    a_minute: int
    reads: bool = False

    @property
    def allowed(self) -> int:
        """Requests a minute in the current app: the setting, where it is set, holds for every budget."""
        return int(current_app.config.get("SHOP_RATE_LIMIT_PER_MINUTE") or self.a_minute)


BUDGETS = {
    budget.name: budget
    for budget in (
        Budget("forms", 60),
        Budget("api", 60, reads=True),
        Budget("sign-in", 10),
    )
}
STAFF_ACCOUNT = Budget("staff-account", 10)


def check(budget: Budget, refuse: Callable[[int, str, str], Response]) -> Callable[[], Response | None]:
    """A `before_request` that turns away an address that has used up its budget."""

    def turn_away_floods() -> Response | None:
        if request.method in READING and not budget.reads:
            return None
        wait = spend(budget, client_network())
        if wait is None:
            return None
        answer = refuse(429, "Too many requests", f"Please wait {wait} seconds, then try again.")
        answer.headers["Retry-After"] = str(wait)
        return answer

    return turn_away_floods


def spend(budget: Budget, who: str) -> int | None:
    """Count one request of `who`; None when it is within the budget, else the seconds to wait (1 to 60).

    A database that cannot count lets everybody in: the shop goes on.
    """
    item, limiter = RateLimitItemPerMinute(budget.allowed), FixedWindowRateLimiter(PrepaidStorage(budget.allowed))
    key = hashlib.sha256(who.encode()).hexdigest()[:32]
    try:
        if limiter.hit(item, budget.name, key):
            return None
        left = limiter.get_window_stats(item, budget.name, key).reset_time - time.time()
    except SQLAlchemyError:
        log.warning("requests could not be counted; the limit is not held", exc_info=True)
        return None
    return min(60, max(1, math.ceil(left)))


def client_network() -> str:
    """Who asks: the IPv4 address, or the /64 of an IPv6 address, all of which one person has."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
