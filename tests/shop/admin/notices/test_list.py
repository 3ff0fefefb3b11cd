"""The versions of every kit's notice, and where each of them stands."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from kits import host
from kits.catalogue.notice import NewNotice, publish, withdraw
from kits.catalogue.tables import ContraindicationNotice
from kits.clock import today as day_of
from shop.admin.notices.versions import history
from tests.bench.statements import counted
from tests.kits.catalogue.publishing import a_kit
from tests.shop.admin.conftest import Staff, place_one, words
from tests.shop.admin.notices.conftest import Writer

TODAY = date(2027, 1, 4)


def a_version(number: int, days: int, *, withdrawn: bool = False) -> ContraindicationNotice:
    at = datetime(2027, 1, 1, tzinfo=UTC) if withdrawn else None
    begins = TODAY + timedelta(days=days)
    return ContraindicationNotice(id=number, version=str(number), effective_from=begins, withdrawn_at=at)


def test_each_version_says_whether_it_is_earlier_in_force_to_come_or_withdrawn() -> None:
    known = [a_version(5, 9), a_version(4, 3, withdrawn=True), a_version(3, 0), a_version(2, 0), a_version(1, -7)]
    found = [(each.notice.version, each.state, each.until) for each in history(known, TODAY)]
    assert found == [
        ("5", "to come", None),
        ("4", "withdrawn", None),
        ("3", "in force", TODAY + timedelta(days=9)),
        ("2", "earlier", TODAY),
        ("1", "earlier", TODAY),
    ]


def test_the_list_counts_the_orders_that_confirmed_each_version(staff: Staff, stocked: str, now: datetime) -> None:
    for _ in range(2):
        place_one(stocked, now)
    publish(stocked, NewNotice("Two.", day_of(now), "1"), actor="staff:1", now=now)
    rows = words(staff.get("/admin/notices")).partition("Version 2 in force")[2]
    assert rows.split("Version 1")[0].split()[-2:] == ["0", "0"]
    assert "2 0" in rows.split("Version 1")[1]
    assert "Orders that confirmed it 2" in words(staff.get(f"/admin/notices/{stocked}/1"))


def test_a_kit_without_a_notice_says_what_to_do(staff: Staff, stocked: str) -> None:
    a_kit("other")
    assert "This kit has no notice yet, so nobody can buy it." in words(staff.get("/admin/notices"))
    page = staff.get("/admin/notices/other/new")
    assert "There is no version in force to compare it with." not in words(page), "while nothing is typed"


def test_a_version_page_shows_what_it_changed_in_the_one_before(writer: Writer, stocked: str, now: datetime) -> None:
    publish(stocked, NewNotice("Two.", day_of(now) + timedelta(days=2), "1"), actor="staff:1", now=now)
    withdraw(stocked, "2", actor="staff:1", now=now)
    page = writer.publish(text="Three.", newest="2")
    assert "Three." in page_of(writer, page)
    assert "Two." not in page_of(writer, page), "a version that was withdrawn is not the one before"


def page_of(writer: Writer, path: str) -> str:
    return words(writer.staff.get(path))


def test_the_list_takes_as_many_statements_however_many_versions_and_kits_there_are(
    staff: Staff, stocked: str, now: datetime
) -> None:
    def statements() -> int:
        with counted(host.engine()) as found:
            assert staff.get("/admin/notices").status_code == 200
        return len(found)

    few = statements()
    a_kit("other")
    for number in range(2, 8):
        publish(stocked, NewNotice(f"Text {number}.", day_of(now), str(number - 1)), actor="staff:1", now=now)
    assert statements() == few
