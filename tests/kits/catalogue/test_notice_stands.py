"""A published notice stands: admins at the same moment lose nothing, and the database refuses to change a text."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kits import host
from kits.catalogue.first_kit import SLUG
from kits.catalogue.notice import withdraw
from kits.catalogue.tables import ContraindicationNotice as Row
from kits.errors import WrongState
from tests.kits.catalogue.publishing import A_DAY, NOON, TODAY, in_force, rows, said


def test_two_admins_who_publish_at_once_lose_nothing(kit: str, at_once: Callable[..., list[Any]]) -> None:
    found = at_once([partial(said, f"Two, by {who}.") for who in range(4)])
    assert [each for each in found if isinstance(each, str)] == ["2"]
    assert [type(each) for each in found].count(WrongState) == 3
    assert len(rows()) == 2


def test_one_form_sent_several_times_at_once_publishes_once(kit: str, at_once: Callable[..., list[Any]]) -> None:
    assert at_once([partial(said, "Two.", mark="m")] * 4) == ["2"] * 4
    assert len(rows()) == 2


def test_publishing_and_taking_back_at_once_leave_one_version_to_come(
    kit: str, at_once: Callable[..., list[Any]]
) -> None:
    said("Two.", TODAY + A_DAY)
    take_back = partial(withdraw, SLUG, "2", actor="staff:2", now=NOON)
    found = at_once([partial(said, "Three.", TODAY + A_DAY, "2"), take_back])
    assert found == ["3", None]
    assert in_force(TODAY + A_DAY) == "3"
    assert [row.version for row in rows() if row.withdrawn_at] == ["2"]


ATTEMPTS: dict[str, Callable[[Session], object]] = {
    "another text": lambda session: session.execute(update(Row).values(text="Do as you like.")),
    "another day": lambda session: session.execute(update(Row).values(effective_from=TODAY)),
    "another number": lambda session: session.execute(text("UPDATE kits_notice SET version = '7'")),
    "another sum": lambda session: session.execute(text("UPDATE kits_notice SET sha256 = ''")),
    "deleted": lambda session: session.execute(delete(Row)),
}


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_the_database_refuses_to_change_a_published_text(kit: str, attempt: str) -> None:
    before = rows()
    with pytest.raises(DBAPIError, match="kits_notice is append-only"), host.unit() as session:
        ATTEMPTS[attempt](session)
    assert rows() == before
