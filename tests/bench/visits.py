"""The load: eight customers at once, bounded in number, against 127.0.0.1.

They are eight people, each with an address of their own, who buy again and
again, each time with a fresh browser. The warm-up makes them known to the
gateway, as most who buy a second box are: from then on our flow makes the
same one call to it that the bare flow makes.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import requests

CUSTOMERS = 8
WARM_UP = 24
"""Visits of each customer that are not timed: a shop serves for weeks, and so does the bare app.

Every connection of either then has its statements prepared, and the database its plans for them.
"""
SLUG = "mesotherapy-kit"
HIDDEN = re.compile(r'<input type="hidden"[^>]*>')
NAMED = re.compile(r'name="([^"]*)".* value="([^"]*)"')
Visit = Callable[[requests.Session, str], None]
"""What a customer does with a browser and under an e-mail address."""


def per_second(visit: Visit, times: int) -> float:
    """How often a second eight customers do `visit`, each `times`."""
    begun = time.perf_counter()
    by_all(visit, times)
    return CUSTOMERS * times / (time.perf_counter() - begun)


def by_all(visit: Visit, times: int) -> None:
    """Let each of the eight customers do `visit` so many `times`."""

    def customer(number: int) -> None:
        with requests.Session() as web:
            for _ in range(times):
                visit(web, f"bench-{number}@example.org")

    with ThreadPoolExecutor(CUSTOMERS) as pool:
        list(pool.map(customer, range(CUSTOMERS)))


def kit_page(base: str) -> Visit:
    """Look at the kit."""

    def visit(web: requests.Session, email: str) -> None:
        web.get(f"{base}/kits/{SLUG}", timeout=30).raise_for_status()

    return visit


def our_purchase(base: str) -> Visit:
    """Kit page, basket, checkout page, order placed; with no cookie left of the time before."""
    start = (date.today() + timedelta(days=3)).isoformat()  # noqa: DTZ011
    plan = {"kit": SLUG, "sessions": "10", "every_weeks": "4", "start": start, "quantity": "1", "refills": "1"}
    home = {"name": "B. Ench", "line1": "1 Road", "city": "London", "postcode": "SE1 6HA", "country": "GB"}

    def visit(web: requests.Session, email: str) -> None:
        web.cookies.clear()
        token = _hidden(web.get(f"{base}/kits/{SLUG}", timeout=30))["csrf_token"]
        web.post(f"{base}/basket", {**plan, "csrf_token": token}, allow_redirects=False, timeout=30)
        hidden = _hidden(web.get(f"{base}/checkout", timeout=30))
        form = {**home, **hidden, "email": email, "accepted": "1"}
        _placed(web.post(f"{base}/checkout", form, allow_redirects=False, timeout=30))

    return visit


def _hidden(page: requests.Response) -> dict[str, str]:
    return {name: value for tag in HIDDEN.findall(page.text) for name, value in [NAMED.findall(tag)[0]]}


def _placed(answer: requests.Response) -> None:
    assert answer.status_code == 303, answer.text


def bare_purchase(base: str) -> Visit:
    """The same requests of the bare app: who puts something into the basket is led to a page before they pay."""

    def visit(web: requests.Session, email: str) -> None:
        web.cookies.clear()
        web.get(f"{base}/kits/{SLUG}", timeout=30).raise_for_status()
        web.post(f"{base}/basket", {"kit": SLUG}, allow_redirects=False, timeout=30)
        web.get(f"{base}/checkout", timeout=30).raise_for_status()
        _placed(web.post(f"{base}/checkout", {"email": email}, allow_redirects=False, timeout=30))

    return visit
