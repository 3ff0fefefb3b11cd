"""Writing a new version of the notice: looked at, compared, confirmed, and published once."""

from __future__ import annotations

from datetime import datetime

import pytest

from kits.catalogue.first_kit import NOTICE
from kits.catalogue.notice import NewNotice, publish
from tests.journeys.mistakes import nothing_changed
from tests.servers.client import Visitor
from tests.shop.admin.conftest import Staff, words
from tests.shop.admin.notices.conftest import NEW, Writer, versions


def test_the_pages_are_for_staff_alone(client: Visitor, stocked: str) -> None:
    for path in ("/admin/notices", NEW, "/admin/notices/mesotherapy-kit/1"):
        assert "/admin/sign-in" in client.get(path).location


def test_the_form_starts_from_the_text_in_force(writer: Writer) -> None:
    page = writer.staff.get(NEW)
    assert NOTICE.strip() in page.text
    assert "Nothing yet: this is the text of version 1" in words(page)


def test_what_is_typed_is_shown_as_customers_will_see_it_beside_the_text_in_force(writer: Writer) -> None:
    with nothing_changed():
        page = writer.send("look")
    assert page.status_code == 200
    assert "<li>you are pregnant;</li>" in page.text
    assert '<ins><span class="rf-visually-hidden">Put in: </span>' in page.text
    assert '<del><span class="rf-visually-hidden">Taken out: </span>' in page.text
    assert "- your scalp is wounded.</textarea>" in page.text, "what was typed need not be typed again"


def test_before_it_is_published_the_page_says_what_that_will_do(writer: Writer) -> None:
    with nothing_changed():
        said = words(writer.send("confirm"))
        at_once = words(writer.send("confirm", effective_from=writer.today.isoformat()))
    assert "Publish version 2?" in said
    assert f"{writer.today.year} every checkout asks for version 2." in said
    assert "No running plan has an advance notice to come" in said
    assert "You can take it back or replace it until" in said
    assert "From now on every checkout asks for version 2." in at_once
    assert "it cannot be changed or taken back" in at_once


def test_what_was_confirmed_is_published_and_can_be_replaced_until_its_day(writer: Writer) -> None:
    page = writer.publish()
    assert page.endswith("/2")
    assert "Version 2 to come" in words(writer.staff.get(page))
    assert "Version 2, which was to begin on" in words(writer.send("confirm", text="Another."))
    assert writer.publish(text="Another.").endswith("/3")
    assert versions() == [("1", False), ("2", True), ("3", False)]


def test_a_form_sent_twice_publishes_once(writer: Writer) -> None:
    form = writer.form()
    paths = [writer.staff.post(NEW, page=NEW, step="publish", **form).location for _ in range(2)]
    assert (paths[0], versions()) == (paths[1], [("1", False), ("2", False)])


def test_who_was_overtaken_sees_the_other_text_before_they_publish(writer: Writer, now: datetime) -> None:
    form = writer.form()
    new = NewNotice("Do not use it at all.", writer.today, "1")
    publish("mesotherapy-kit", new, actor="staff:9", now=now)
    answer = writer.staff.post(NEW, page=NEW, step="publish", **form)
    assert (answer.status_code, versions()) == (409, [("1", False), ("2", False)])
    assert "Someone has published another version meanwhile" in words(answer)
    assert "Beside version 2, which is in force" in words(answer)
    assert writer.staff.post(NEW, page=NEW, step="publish", **writer.form(answer)).status_code == 303


BAD: list[tuple[dict[str, object], str, str]] = [
    ({"text": ""}, "text", "Write the text"),
    ({"text": " \r\n "}, "text", "Write the text"),
    ({"text": "a" * 5001}, "text", "under 5,000 characters"),
    ({"text": "a\r\n" * 6_000}, "text", "under 5,000 characters"),
    ({"text": "a\0b"}, "text", "cannot read"),
    ({"text": NOTICE.replace("\n", "\r\n")}, "text", "in force already"),
    ({"effective_from": ""}, "effective_from", "Choose the day"),
    ({"effective_from": "soon"}, "effective_from", "Choose the day"),
    ({"effective_from": "2027-02-30"}, "effective_from", "Choose the day"),
    ({"effective_from": "0001-01-01"}, "effective_from", "Choose a day from today"),
    ({"effective_from": "9999-12-31"}, "effective_from", "Choose a day from today"),
    ({"submission": ""}, "submission", "open for too long"),
    ({"submission": "m" * 65}, "submission", "open for too long"),
]


@pytest.mark.parametrize("step", ["look", "confirm", "publish"])
def test_what_cannot_be_published_is_said_beside_its_field(step: str, writer: Writer) -> None:
    with nothing_changed():
        for typed, field, sentence in BAD:
            answer = writer.send(step, **typed)
            assert (answer.status_code, sentence in words(answer)) == (422, True), typed
            assert f'href="#{field}"' in answer.text, typed


@pytest.mark.parametrize("newest", ["", "0", "2", "\0", "x" * 300])
def test_a_form_that_knows_another_newest_version_is_overtaken_or_unreadable(newest: str, writer: Writer) -> None:
    with nothing_changed():
        assert writer.send("publish", newest=newest).status_code in (409, 422)


def test_a_text_is_shown_as_text_wherever_it_stands(writer: Writer) -> None:
    nasty = '<script>alert(1)</script> "quoted" {{ 7 * 7 }}'
    for page in (writer.send("look", text=nasty), writer.send("confirm", text=nasty)):
        assert ("<script>alert" in page.text, "{{ 7 * 7 }}" in page.text) == (False, True)
    page = writer.staff.get(writer.publish(text=nasty, effective_from=writer.today.isoformat()))
    assert "<script>alert" not in page.text


@pytest.mark.parametrize("path", ["/admin/notices/none/new", "/admin/notices/mesotherapy-kit/9", f"{NEW}?of=9"])
def test_an_unknown_kit_or_version_is_not_found(path: str, writer: Writer) -> None:
    assert writer.staff.get(path).status_code == 404
    assert writer.staff.post("/admin/notices/none/new", page=NEW, step="publish", **writer.form()).status_code == 404


def test_a_withdrawn_version_never_begins(writer: Writer, staff: Staff) -> None:
    page = writer.publish()
    for _ in range(2):
        assert staff.post(f"{page}/withdraw", page=page).location == page
    assert "Nobody has seen it." in words(staff.get(page))
    assert versions() == [("1", False), ("2", True)]


def test_what_is_in_force_is_not_withdrawn(writer: Writer, staff: Staff) -> None:
    with nothing_changed():
        page = "/admin/notices/mesotherapy-kit/1"
        assert staff.post(f"{page}/withdraw", page="/admin/notices/mesotherapy-kit/new").status_code == 409
        assert staff.post("/admin/notices/mesotherapy-kit/9/withdraw", page=NEW).status_code == 404
    assert "Withdraw it" not in staff.get(page).text


def test_checkouts_ask_for_the_new_version_from_its_day_on(writer: Writer, client: Visitor) -> None:
    writer.publish(effective_from=writer.today.isoformat())
    told = client.get("/api/v1/notice?kit=mesotherapy-kit").json
    assert told["version"] == "2"
    assert told["text"].startswith("Please do not use this kit if:\n\n- you are pregnant;")
