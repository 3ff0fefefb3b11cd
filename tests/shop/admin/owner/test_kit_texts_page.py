"""A kit's texts in the admin, and putting it on sale."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from kits import host
from kits.catalogue.kit_texts import LONGEST
from kits.catalogue.tables import Kit
from tests.journeys.mistakes import nothing_changed
from tests.shop.admin.conftest import Staff, words
from tests.shop.admin.owner.conftest import entries, values

PAGE = "/admin/kit-texts/mesotherapy-kit"
KIT = "/kits/mesotherapy-kit"


def send(owner: Staff, step: str, **typed: object) -> TestResponse:
    """Send the form as it stands, with what was typed."""
    shown = values(owner.get(PAGE), "Show it as typed")
    return owner.post(PAGE, page=PAGE, **{**shown, "step": step, **typed})


def test_what_is_typed_is_shown_before_it_is_saved(owner: Staff) -> None:
    with nothing_changed():
        page = send(owner, "look", results="- 3 to 9 months: look.")
    assert page.status_code == 200
    assert "in months: 3 to 9." in words(page)
    assert "Put in: " in page.text


def test_saved_texts_are_on_the_kit_s_page_and_in_the_audit_log(owner: Staff) -> None:
    answer = send(owner, "save", cleaning="Rinse **well**.", summary="A kit.")
    assert answer.status_code == 303
    assert "shows these texts now" in words(owner.get(answer.location))
    page = owner.get(KIT).text
    assert "Rinse <strong>well</strong>." in page
    assert '<p class="rf-lead">A kit.</p>' in page
    [detail] = entries("kit.texts_changed")
    assert detail["after"] == {"cleaning": "Rinse **well**.", "summary": "A kit."}


def test_two_clicks_save_once(owner: Staff) -> None:
    shown = values(owner.get(PAGE), "Save") | {"step": "save", "cleaning": "Rinse."}
    assert [owner.post(PAGE, page=PAGE, **shown).location.partition("said=")[2] for _ in range(2)] == ["saved", "same"]
    assert len(entries("kit.texts_changed")) == 1


def test_a_form_that_is_older_than_the_texts_saves_nothing_and_keeps_what_was_typed(owner: Staff) -> None:
    stale = values(owner.get(PAGE), "Save")["seen"]
    send(owner, "save", cleaning="Theirs.")
    answer = send(owner, "save", cleaning="Mine.", seen=stale)
    assert answer.status_code == 409
    assert "Someone else has changed" in words(answer)
    assert "Mine." in answer.text
    assert "Theirs." in owner.get(KIT).text


@pytest.mark.parametrize("step", ["look", "save"])
@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("summary", "", "Write a sentence or two"),
        ("description", " ", "Write a sentence or two"),
        *((field, "x" * (most + 1), f"Keep it under {most:,} characters") for field, most in LONGEST.items()),
        *((field, "a\x00b", "a sign that we cannot read") for field in LONGEST),
    ],
)
def test_what_cannot_stand_on_the_page_is_told_beside_its_field(
    owner: Staff, step: str, field: str, value: str, sentence: str
) -> None:
    with nothing_changed():
        answer = send(owner, step, **{field: value})
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert f'id="{field}-error"' in answer.text


def test_words_that_read_like_a_claim_are_a_warning(owner: Staff) -> None:
    assert "“cures”" in words(send(owner, "look", results="It cures."))
    assert send(owner, "save", results="It cures.").status_code == 303


def test_a_kit_is_taken_off_sale_and_put_back(owner: Staff) -> None:
    for published, status in (("0", 404), ("0", 404), ("1", 200), ("1", 200)):
        assert owner.post(f"{PAGE}/sale", page=PAGE, published=published).status_code == 303
        assert owner.get(KIT).status_code == status
    assert (len(entries("kit.taken_off_sale")), len(entries("kit.put_on_sale"))) == (1, 1)


def test_a_kit_with_needles_too_long_is_not_put_on_sale(owner: Staff) -> None:
    with host.unit() as session:
        session.execute(update(Kit).values(needle_um=600, published=False))
    with nothing_changed():
        answer = owner.post(f"{PAGE}/sale", page=PAGE, published="1")
    assert answer.status_code == 422
    assert "Needles of 0.60 mm are too long to be used at home" in words(answer)
    assert "This kit cannot be sold" in words(owner.get(PAGE))


@pytest.mark.parametrize("published", ["", "perhaps", "2", None])
def test_a_choice_that_is_none_changes_nothing(owner: Staff, published: str | None) -> None:
    given = {} if published is None else {"published": published}
    with nothing_changed():
        assert owner.post(f"{PAGE}/sale", page=PAGE, **given).status_code == 422


@pytest.mark.parametrize("slug", ["nothing", "%00", "x" * 3000])
def test_an_unknown_kit_is_not_found(owner: Staff, slug: str) -> None:
    path = f"/admin/kit-texts/{slug}"
    assert owner.get(path).status_code == 404
    typed = {"summary": "A", "description": "B", "step": "save"}
    assert owner.post(path, page=PAGE, **typed).status_code == 404
    assert owner.post(f"{path}/sale", page=PAGE, published="1").status_code == 404
