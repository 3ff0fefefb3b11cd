"""The shop's facts in the admin: checked, saved together, shown everywhere."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from kits import host
from shop.owner import facts
from shop.owner.facts import Facts
from tests.journeys.mistakes import nothing_changed
from tests.shop.admin.conftest import Staff, words
from tests.shop.admin.owner.conftest import entries, values

PAGE = "/admin/facts"
ALL = {
    "trader_name": "Example Ltd",
    "trader_address": "1 High Street\r\n\r\n  London  N1 1AA ",
    "trader_email": "hello@example.org",
    "trader_phone": "+44 (0)20 7946 0000",
    "company_number": "sc 123456",
    "vat_number": "gb 123 4567 89",
    "vat_percent": "20 %",
    "clinic_pounds": "£1,150.50",
    "clinic_source": "Survey of 2026",
}
SIGN = "a sign that we cannot read"


def known() -> Facts:
    """The facts as they stand."""
    found = facts.read(host.session())
    host.end_reads()
    return found


def send(owner: Staff, **typed: Any) -> TestResponse:
    """Send the form as it stands, with what was typed."""
    shown = values(owner.get(PAGE), "Save the facts")
    return owner.post(PAGE, page=PAGE, **{**shown, **typed})


def test_facts_are_saved_as_people_write_them(owner: Staff) -> None:
    answer = send(owner, **ALL)
    assert answer.status_code == 303
    assert "Saved" in words(owner.get(answer.location))
    assert known() == Facts(
        trader_name="Example Ltd",
        trader_address="1 High Street\nLondon N1 1AA",
        trader_email="hello@example.org",
        trader_phone="+44 (0)20 7946 0000",
        company_number="SC123456",
        vat_number="GB123456789",
        vat_permille=200,
        clinic_session=115050,
        clinic_source="Survey of 2026",
    )


def test_what_was_saved_stands_in_the_form_and_on_the_pages(owner: Staff) -> None:
    send(owner, **ALL)
    shown = values(owner.get(PAGE), "Save the facts")
    assert (shown["vat_number"], shown["vat_percent"], shown["clinic_pounds"]) == ("GB123456789", "20", "1150.50")
    assert "Example Ltd, 1 High Street, London N1 1AA. Company number SC123456." in words(owner.get("/"))
    assert "hello@example.org" in words(owner.get("/terms"))


def test_saving_the_same_again_changes_nothing(owner: Staff) -> None:
    send(owner, **ALL)
    with nothing_changed():
        assert send(owner).location.endswith("said=same")
    assert len(entries("facts.changed")) == 1


def test_all_may_be_emptied_again(owner: Staff) -> None:
    send(owner, **ALL)
    assert send(owner, **dict.fromkeys(ALL, "")).status_code == 303
    assert known() == Facts()


def test_two_clicks_save_once(owner: Staff) -> None:
    form = {**values(owner.get(PAGE), "Save the facts"), **ALL}
    assert [owner.post(PAGE, page=PAGE, **form).status_code for _ in range(2)] == [303, 303]
    assert len(entries("facts.changed")) == 1


def test_a_form_that_is_older_than_the_facts_saves_nothing_and_keeps_what_was_typed(owner: Staff) -> None:
    form = values(owner.get(PAGE), "Save the facts")
    send(owner, trader_name="Theirs Ltd")
    answer = owner.post(PAGE, page=PAGE, **{**form, "trader_name": "Mine Ltd"})
    assert answer.status_code == 409
    assert "Someone else has changed the facts" in words(answer)
    assert 'value="Mine Ltd"' in answer.text
    assert known().trader_name == "Theirs Ltd"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        *((field, "x" * 201, "under 200 characters") for field in ALL if field not in ("vat_percent", "clinic_pounds")),
        *((field, "a\x00b", SIGN) for field in ("trader_name", "trader_address", "clinic_source")),
        ("trader_name", "two\nlines", SIGN),
        *(("trader_email", value, "an e-mail address") for value in ("ada", "ada@example", "a b@example.org")),
        *(("trader_phone", value, "a telephone number") for value in ("12", "call me", "0" * 31)),
        *(("company_number", value, "Companies House") for value in ("1234567", "123456789", "ABC12345", "№1234567")),
        *(
            ("vat_number", value, "GB or XI and 9 or 12 digits")
            for value in ("123456789", "GB12345678", "DE123456789", "GB1234567890", "GBGD12", "١٢٣٤٥٦٧٨٩")
        ),
        *(("vat_percent", value, "from 0 to 100") for value in ("-1", "101", "20.55", "much", "1e1", "٢٠")),
        *(("clinic_pounds", value, "the sum in pounds") for value in ("-1", "cheap", "1.555", "1e3", "9999999", "٥")),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(owner: Staff, field: str, value: str, sentence: str) -> None:
    with nothing_changed():
        answer = send(owner, **{"clinic_pounds": "150", "clinic_source": "Survey", field: value})
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert f'id="{field}-error"' in answer.text


@pytest.mark.parametrize(
    "number", ["GB123456789", "GB123456789012", "GBGD123", "GBHA599", "XI123456789", "gb123456789"]
)
def test_every_form_of_a_vat_number_is_taken(owner: Staff, number: str) -> None:
    assert send(owner, vat_number=number).status_code == 303
    assert known().vat_number == number.upper()


@pytest.mark.parametrize(("percent", "permille"), [("0", 0), ("5", 50), ("12.5", 125), ("20.0", 200), ("100", 1000)])
def test_a_percentage_is_kept_to_its_tenth(owner: Staff, percent: str, permille: int) -> None:
    assert send(owner, vat_percent=percent).status_code == 303
    assert known().vat_permille == permille


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"clinic_pounds": "150", "clinic_source": ""}, "clinic_source"),
        ({"clinic_pounds": "", "clinic_source": "Survey"}, "clinic_pounds"),
        ({"clinic_pounds": "150", "clinic_source": " "}, "clinic_source"),
    ],
)
def test_a_clinic_s_figure_and_its_source_belong_together(owner: Staff, typed: dict[str, str], field: str) -> None:
    with nothing_changed():
        answer = send(owner, **typed)
    assert answer.status_code == 422
    assert "belong together" in words(answer)
    assert f'id="{field}-error"' in answer.text


def test_a_form_without_its_fields_empties_nothing(owner: Staff) -> None:
    send(owner, **ALL)
    with nothing_changed():
        assert owner.post(PAGE, page=PAGE).status_code == 409
