"""A few customers whose card was declined: they follow the link in their mail and pay in person, however often."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Mapping
from contextlib import suppress

import requests
from flask import Flask
from sqlalchemy import or_, select
from sqlalchemy.exc import SQLAlchemyError

from kits import host
from shop.work.outbox import SENT, OutboxMail
from tests.chaos.right import GOOD, Kind
from tests.journeys.pages import Person

LINK = re.compile(r"/pay/[\w-]+")
BUTTON = "Pay now"
CARD = "4242424242424242"
PATIENCE = 40


class Payers(threading.Thread):
    """`some` customers, one after another; `paid` are the refills of those who have seen that they paid."""

    def __init__(self, app: Flask, shop: str, cases: Mapping[int, Kind], some: int, chance: random.Random) -> None:
        super().__init__(name="payers", daemon=True)
        self._app, self._shop, self._chance = app, shop, chance
        declined = sorted(refill for refill, kind in cases.items() if kind.stocked and kind.card is not GOOD)
        self._wanted = set(chance.sample(declined, min(some, len(declined))))
        self.paid: set[int] = set()
        self.over = threading.Event()

    def run(self) -> None:
        """Until all have paid, or there is no more time."""
        while self._wanted and not self.over.wait(0.2):
            for refill, link in self._asked():
                if self._pays(link):
                    self.paid.add(refill)
                    self._wanted.discard(refill)

    @property
    def waiting(self) -> int:
        """How many want to pay and have not yet."""
        return len(self._wanted)

    def _asked(self) -> list[tuple[int, str]]:
        """The refills that these customers have been written to about, and the links."""
        names = [f"{kind}-{refill}-" for refill in self._wanted for kind in ("refill_needs_you", "refill_declined")]
        about = or_(*(OutboxMail.key.startswith(name, autoescape=True) for name in names))
        query = select(OutboxMail.key, OutboxMail.text).where(OutboxMail.state == SENT, about)
        try:
            with self._app.app_context():
                found = host.session().execute(query).all()
        except SQLAlchemyError:  # the database is away just now
            return []
        links = ((key, LINK.search(text)) for key, text in found)
        return [(int(key.split("-")[1]), link[0]) for key, link in links if link]

    def _pays(self, link: str) -> bool:
        """True when the payment page has taken the money; half of them never come back to the shop."""
        for _ in range(PATIENCE):
            if self.over.is_set():
                return False
            try:
                page = self._page(link)
                if page is not None:
                    return self._fills_in(page)
            except requests.RequestException:
                pass  # they try once more
            time.sleep(0.5)
        return False

    def _page(self, link: str) -> str | None:
        person = Person(self._shop)
        seen = person.open(link)
        if not any(words.startswith(BUTTON) for form in seen.forms for words, _, _ in form.buttons):
            return None
        answer = person.send(BUTTON)
        return answer.headers["Location"] if answer.status_code == 303 else None

    def _fills_in(self, page: str) -> bool:
        taken = requests.post(page, {"card": CARD}, allow_redirects=False, timeout=30)
        if taken.status_code != 303:
            return False
        if self._chance.random() < 0.5:
            with suppress(requests.RequestException):
                requests.get(taken.headers["Location"], timeout=30)
        return True
