"""Plans bought and lived through by driving the real use cases."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.journeys.conftest import buy, driver, travel  # noqa: F401
from tests.journeys.driving import Bought
from tests.journeys.driving import Driver as _Driver


@pytest.fixture
def bought(driver: _Driver) -> Bought:  # noqa: F811
    """A paid plan of ten sessions every four weeks from today: two refills."""
    return driver.buy()


@pytest.fixture
def subjects(mail_folder: Path) -> Callable[[], list[str]]:
    """The subjects of all mails sent so far, the oldest first."""

    def sent() -> list[str]:
        mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(mail_folder.iterdir())]
        return [str(mail["Subject"]) for mail in mails]

    return sent
