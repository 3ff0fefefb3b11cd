"""A plan whose days are known: the shop opens on 8 January 2035. Fixtures for the modules that take them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kits import clock
from tests.journeys.shopping import Customer, Letter, Staff, letters
from tests.servers.commands import Commands
from tests.servers.ground import ServedShop
from tests.servers.sandbox import Sandbox

# Ten sessions every four weeks from 8 January: boxes on 8 April and 8 July, the last session on 17 September.
BEGINS = datetime(2035, 1, 8, 9, tzinfo=UTC)
START, NEEDED = date(2035, 1, 8), ["2035-04-08", "2035-07-08"]

Work = Callable[[str], None]
Mails = Callable[[str], list[Letter]]


@pytest.fixture
def now(served: ServedShop, sandbox: Sandbox) -> datetime:
    """The shop opens, and is stocked, on 8 January 2035."""
    clock.begin_at(BEGINS)
    sandbox.move_clock(BEGINS)
    return clock.now()


@pytest.fixture
def ada(served: ServedShop, kit: str, now: datetime) -> Customer:
    """Has the plan of this file to buy."""
    return Customer(served.url)


@pytest.fixture
def staff(served: ServedShop, now: datetime) -> Staff:
    """Signed in to the admin."""
    return Staff.signed_in(served.url, now)


@pytest.fixture
def work(run_command: Commands) -> Work:
    """`work("2035-03-28T09:00")`: the worker, as a process, does what is due by then."""

    def until(moment: str) -> None:
        run_command("shop", "work", "--once", "--as-of", moment)

    return until


@pytest.fixture
def mails(mail_folder: Path) -> Mails:
    """`mails("declined")`: those with this word in their subject, oldest first."""
    return lambda word: [mail for mail in letters(mail_folder) if word in mail.subject]


def refill_charges(sandbox: Sandbox) -> list[tuple[str, str, int]]:
    """Refills that took money: their number, the day, the amount; oldest first."""
    return [
        (each["metadata"]["refill"], datetime.fromtimestamp(each["created"], UTC).date().isoformat(), each["amount"])
        for each in reversed(sandbox.charges())
        if "refill" in each["metadata"]
    ]


FIXTURES = (now, ada, staff, work, mails)
"""For the modules that want them: `now, ada, staff, work, mails = far_ahead.FIXTURES`."""
