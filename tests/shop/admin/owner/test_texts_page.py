"""Texts in the admin: written, looked at before readers see them, published once, undone."""

from __future__ import annotations

import pytest

from shop.owner import pages
from shop.owner.pages import PAGES
from tests.journeys.mistakes import nothing_changed
from tests.shop.admin.conftest import EMAIL, Staff, words
from tests.shop.admin.owner.conftest import GUIDE, entries, shown, write

TOO_LONG = "x" * (pages.LONGEST_TEXT + 1)


def test_a_shipped_text_is_marked_for_staff_and_for_nobody_else(owner: Staff) -> None:
    assert words(owner.get("/admin/texts")).count("as shipped") >= len(PAGES)
    assert "still shows the text as shipped" in words(owner.get(GUIDE))
    for page in PAGES:
        said = words(owner.get(f"/{page}"))
        assert "as shipped" not in said
        assert "draft" not in said


def test_what_is_typed_is_shown_before_anything_is_published(owner: Staff) -> None:
    with nothing_changed():
        page = write(owner, "look", title="New", text="# Heading\n\nOf **{trader_name}**.\n\n{drawing_vial}\n")
    assert page.status_code == 200
    assert "Of <strong>Refillery</strong>" in page.text
    assert 'class="rf-beside"' in page.text
    assert "Put in: " in page.text
    assert "# Heading" in page.text.partition("<textarea")[2].partition("</textarea>")[0]


def test_a_published_text_is_what_readers_see_at_once(owner: Staff) -> None:
    answer = write(owner, "publish", title="Our guide", text="Plan *first*.")
    assert answer.status_code == 303
    assert "Version 1 is shown from now on" in words(owner.get(answer.location))
    page = owner.get("/guide")
    assert "<h1>Our guide</h1>" in page.text
    assert "Plan <em>first</em>." in page.text
    listed = words(owner.get("/admin/texts"))
    assert "version 1" in listed
    assert EMAIL in listed


def test_two_clicks_publish_one_version(owner: Staff) -> None:
    form = {"title": "Our guide", "text": "Plan first.", "instead_of": "0", "step": "publish"}
    for _ in range(2):
        assert owner.post(GUIDE, page=GUIDE, **form).status_code == 303
    assert shown().version == "1"
    assert len(entries("page.published")) == 1


def test_a_form_that_is_older_than_the_page_publishes_nothing_and_keeps_what_was_typed(owner: Staff) -> None:
    write(owner, "publish", text="Theirs.")
    answer = write(owner, "publish", text="Mine.", instead_of="0")
    assert answer.status_code == 409
    assert "Someone else has published" in words(answer)
    assert "Mine." in answer.text
    assert shown().text == "Theirs.\n"
    assert 'name="instead_of" value="1"' in answer.text


def test_an_old_version_is_looked_at_and_published_again(owner: Staff) -> None:
    write(owner, "publish", text="One.")
    write(owner, "publish", text="Two.")
    old = owner.get(f"{GUIDE}/1")
    assert "One." in words(old)
    assert "Taken out: " in old.text
    assert owner.post(f"{GUIDE}/1", page=f"{GUIDE}/1", instead_of="2").status_code == 303
    assert (shown().version, shown().text) == ("3", "One.\n")
    assert owner.post(f"{GUIDE}/0", page=f"{GUIDE}/0", instead_of="3").status_code == 303
    assert shown().text == pages.shipped("guide").text


def test_undoing_from_an_old_page_undoes_nothing_newer(owner: Staff) -> None:
    write(owner, "publish", text="One.")
    write(owner, "publish", text="Two.")
    assert owner.post(f"{GUIDE}/1", page=f"{GUIDE}/1", instead_of="1").status_code == 409
    assert shown().text == "Two.\n"


def test_a_new_text_may_start_from_an_old_one(owner: Staff) -> None:
    write(owner, "publish", text="One.")
    assert "Short answers to what people ask" in owner.get(f"{GUIDE}?of=0").text


@pytest.mark.parametrize("step", ["look", "publish"])
@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", "", "Give the page a title"),
        ("title", "  ", "Give the page a title"),
        ("title", "x" * 81, "Give the page a title"),
        ("title", "a\x00b", "Give the page a title"),
        ("text", "", "Write the text"),
        ("text", "\n \n", "Write the text"),
        ("text", TOO_LONG, "Keep the text under 60,000 characters"),
        ("text", "a\x00b", "a sign that we cannot read"),
    ],
)
def test_what_cannot_be_a_page_is_told_beside_its_field(
    owner: Staff, step: str, field: str, value: str, sentence: str
) -> None:
    with nothing_changed():
        answer = write(owner, step, **{field: value})
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert f'id="{field}-error"' in answer.text


def test_a_form_without_its_fields_is_told_so(owner: Staff) -> None:
    assert owner.post(GUIDE, page=GUIDE).status_code == 422
    assert owner.post(GUIDE, page=GUIDE, title="A", text="B", instead_of="\x00", step="publish").status_code == 422


def test_a_form_larger_than_any_text_is_turned_away(owner: Staff) -> None:
    assert write(owner, "look", text="x" * 300_000).status_code == 413


@pytest.mark.parametrize("path", ["nothing", "guide/9", "guide/x", "nothing/1", "guide?of=9", "%00"])
def test_what_is_not_there_is_not_found(owner: Staff, path: str) -> None:
    assert owner.get(f"/admin/texts/{path}").status_code == 404
    with nothing_changed():
        assert owner.post(f"/admin/texts/{path.split('?')[0]}/7", page=GUIDE, instead_of="0").status_code == 404


def test_hostile_text_does_no_harm_in_the_preview_and_on_the_page(owner: Staff) -> None:
    text = "<script>alert(1)</script>\n\n[x](javascript:alert(1))\n\n<img src=x onerror=alert(1)>\n"
    for page in (write(owner, "look", title="</title><script>", text=text).text,):
        assert "<script>alert" not in page
        assert "<img" not in page
    write(owner, "publish", title="</title><script>", text=text)
    page = owner.get("/guide").text
    assert "<script>" not in page
    assert 'href="javascript' not in page
    assert "<img" not in page


def test_a_text_too_long_to_compare_is_shown_all_the_same(owner: Staff) -> None:
    page = write(owner, "look", text="word " * 10_000)
    assert page.status_code == 200
    assert "too long to be compared" in words(page)


def test_only_what_changed_is_compared_with_the_lines_around_it(owner: Staff) -> None:
    before = shown().text
    page = write(owner, "look", text=before + "\nThe end.")
    compared = page.text.partition('class="rf-difference"')[2].partition("</section>")[0]
    assert "The end." in compared
    assert "…" in compared
    assert "How does it work?" not in compared


def test_words_that_read_like_a_claim_are_a_warning_and_no_refusal(owner: Staff) -> None:
    page = write(owner, "look", text="It **regrows** hair.")
    assert page.status_code == 200
    assert "“regrows”" in words(page)
    assert "read like a medical claim" not in words(write(owner, "look", text="Plan first."))
    assert write(owner, "publish", text="It **regrows** hair.").status_code == 303


def test_strangers_read_and_write_nothing(owner: Staff) -> None:
    stranger = owner.client.application.test_client()
    for path in ("/admin/texts", GUIDE, f"{GUIDE}/0", "/admin/facts", "/admin/kit-texts/mesotherapy-kit"):
        assert "/admin/sign-in" in stranger.get(path).location
        assert stranger.post(path, data={"step": "publish", "text": "x", "title": "x"}).status_code in (303, 405)
    assert shown().shipped
