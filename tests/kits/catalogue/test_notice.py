"""Versions of the notice: publishing the next one, and taking one back while it is to come."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from kits import host
from kits.audit import AuditEntry
from kits.catalogue.first_kit import NOTICE, SLUG
from kits.catalogue.notice import NewNotice, publish, withdraw
from kits.errors import BadInput, NotFound, WrongState
from tests.kits.catalogue.publishing import A_DAY, NOON, TODAY, a_kit, in_force, rows, said


def audited() -> list[tuple[str, dict[str, object]]]:
    found = host.session().execute(select(AuditEntry.action, AuditEntry.detail).order_by(AuditEntry.id)).all()
    host.end_reads()
    return [(action, detail) for action, detail in found]


def test_a_new_version_has_the_next_number_and_begins_on_its_day(kit: str) -> None:
    assert said("Two.", TODAY + A_DAY) == "2"
    assert [in_force(TODAY), in_force(TODAY + A_DAY)] == ["1", "2"]
    assert audited() == [
        ("notice.published", {"version": "2", "effective_from": "2027-01-05", "replaced": []}),
    ]


def test_of_two_versions_of_one_day_the_later_one_is_in_force(kit: str) -> None:
    said("Two.")
    said("Two, corrected.", newest="2")
    assert in_force(TODAY) == "3"
    assert in_force(TODAY - A_DAY) == "1"


def test_publishing_another_takes_the_place_of_the_version_to_come(kit: str) -> None:
    said("Two.", TODAY + 7 * A_DAY)
    assert said("Three.", TODAY + 2 * A_DAY, newest="2") == "3"
    assert [in_force(TODAY + n * A_DAY) for n in (1, 2, 7, 300)] == ["1", "3", "3", "3"]
    assert audited()[-1][1]["replaced"] == ["2"]


def test_a_version_to_come_is_taken_back_once_and_its_number_is_not_used_again(kit: str) -> None:
    said("Two.", TODAY + A_DAY)
    for _ in range(2):
        withdraw(SLUG, "2", actor="staff:2", now=NOON)
    assert in_force(TODAY + A_DAY) == "1"
    assert [action for action, _ in audited()] == ["notice.published", "notice.withdrawn"]
    assert said("Three.", newest="2") == "3"


def test_what_is_in_force_is_not_taken_back_though_it_was_to_come_when_the_page_was_shown(kit: str) -> None:
    said("Two.", TODAY + A_DAY)
    with pytest.raises(WrongState, match="in force already"):
        withdraw(SLUG, "2", actor="staff:1", now=NOON + A_DAY)
    assert in_force(TODAY + A_DAY) == "2"


@pytest.mark.parametrize(("slug", "version"), [(SLUG, "9"), ("none", "1"), ("a\0b", "1"), (SLUG, "1\0")])
def test_an_unknown_kit_or_version_is_not_found(kit: str, slug: str, version: str) -> None:
    with pytest.raises(NotFound):
        withdraw(slug, version, actor="staff:1", now=NOON)
    with pytest.raises(NotFound):
        publish(slug if slug != SLUG else "", NewNotice("Two.", TODAY, "1"), actor="staff:1", now=NOON)


@pytest.mark.parametrize(
    ("words", "day", "field"),
    [
        (" \n", TODAY, "text"),
        ("a" * 5001, TODAY, "text"),
        ("a\0b", TODAY, "text"),
        (NOTICE, TODAY, "text"),
        (NOTICE.replace("\n", "\r\n").replace("- ", "•  "), TODAY + A_DAY, "text"),
        ("Two.", TODAY - A_DAY, "effective_from"),
        ("Two.", TODAY + timedelta(days=366), "effective_from"),
        ("Two.", date.max, "effective_from"),
    ],
)
def test_what_cannot_be_published_is_refused_at_its_field_and_changes_nothing(
    kit: str, words: str, day: date, field: str
) -> None:
    before = rows()
    with pytest.raises(BadInput) as refused:
        said(words, day)
    assert (refused.value.field, rows(), audited()) == (field, before, [])


def test_an_earlier_text_may_come_back(kit: str) -> None:
    said("Two.")
    assert said(NOTICE, newest="2") == "3"


def test_who_has_not_seen_the_newest_version_is_told_so(kit: str) -> None:
    said("Two.", TODAY + A_DAY)
    with pytest.raises(WrongState, match="published another version meanwhile"):
        said("Also two.")
    assert len(rows()) == 2


def test_a_form_sent_twice_publishes_once(kit: str) -> None:
    assert [said("Two.", mark="m"), said("Two.", mark="m"), said("Three.", newest="2", mark="n")] == ["2", "2", "3"]


def test_a_kits_first_notice_is_published_like_any(kit: str) -> None:
    a_kit("other")
    assert publish("other", NewNotice("One.", TODAY, None, "m"), actor="staff:1", now=NOON) == "1"
    assert said("Two.", mark="m") == "2", "the same mark for another kit is another form"
