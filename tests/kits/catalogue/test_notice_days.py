"""Which version of the notice is in force on a day of the shop's calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import select

from kits import host
from kits.catalogue import notice
from kits.catalogue.notice import NewNotice, notice_in_force, publish, withdraw
from kits.catalogue.tables import Kit
from kits.clock import today as day_of
from kits.errors import BadInput
from tests.bench.statements import counted
from tests.kits.catalogue.publishing import A_DAY, NOON, TODAY, a_kit, in_force, said


@pytest.mark.parametrize(
    ("day", "last_moment", "first_moment"),
    [
        (date(2027, 1, 5), "2027-01-04T23:59:59+00:00", "2027-01-05T00:00:00+00:00"),
        (date(2027, 3, 29), "2027-03-28T22:59:59+00:00", "2027-03-28T23:00:00+00:00"),
        (date(2027, 3, 28), "2027-03-27T23:59:59+00:00", "2027-03-28T00:00:00+00:00"),
        (date(2027, 10, 31), "2027-10-30T22:59:59+00:00", "2027-10-30T23:00:00+00:00"),
        (date(2027, 11, 1), "2027-10-31T23:59:59+00:00", "2027-11-01T00:00:00+00:00"),
    ],
)
def test_a_version_begins_at_midnight_in_london_also_when_the_clocks_change(
    kit: str, day: date, last_moment: str, first_moment: str
) -> None:
    said("Two.", day)
    moments = [day_of(datetime.fromisoformat(each)) for each in (last_moment, first_moment)]
    assert [in_force(each) for each in moments] == ["1", "2"]


def test_today_is_the_day_in_london_for_who_publishes_at_night(kit: str) -> None:
    past_midnight = datetime(2027, 7, 1, 23, 30, tzinfo=UTC)
    with pytest.raises(BadInput):
        said("Two.", date(2027, 7, 1), now=past_midnight)
    assert said("Two.", date(2027, 7, 2), now=past_midnight) == "2"


# What an admin does on a day: publish for a day from then on, or take back what is to come.
DAYS = st.integers(0, 12)
KITS = count()
DEEDS = st.lists(st.tuples(DAYS, st.sampled_from(["publish", "withdraw"]), DAYS), max_size=8).map(sorted)


@examples(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=DEEDS)
def test_on_any_day_the_last_version_that_has_begun_and_was_not_taken_back_is_in_force(
    app: Flask, deeds: list[tuple[int, str, int]]
) -> None:
    slug = f"kit-{next(KITS)}"
    kit_id, newest = a_kit(slug), 0
    wanted: list[tuple[int, str]] = []  # the day it begins, its number
    for day, deed, later in deeds:
        if deed == "publish":
            wanted = [each for each in wanted if each[0] <= day]
            new = NewNotice(f"Text {newest + 1}.", TODAY + (day + later) * A_DAY, str(newest) if newest else None)
            wanted.append((day + later, publish(slug, new, actor="staff:1", now=NOON + day * A_DAY)))
            newest += 1
        elif wanted and wanted[-1][0] > day:
            withdraw(slug, wanted.pop()[1], actor="staff:1", now=NOON + day * A_DAY)
    for day in range(26):
        begun = [version for begins, version in wanted if begins <= day]
        assert in_force(TODAY + day * A_DAY, kit_id) == (begun[-1] if begun else None)
        known = notice.versions(host.session(), kit_id)
        found = notice.in_force(known, TODAY + day * A_DAY)
        assert (found.version if found else None) == (begun[-1] if begun else None)
    host.end_reads()


def test_the_version_in_force_is_found_in_one_statement_however_many_there_are(kit: str) -> None:
    for number in range(2, 12):
        said(f"Text {number}.", newest=str(number - 1))
    with counted(host.engine()) as found:
        kit_id = host.session().scalars(select(Kit.id)).one()
        assert notice_in_force(host.session(), kit_id, TODAY).version == "11"
    assert len([each for each in found if "kits_notice" in each]) == 1
