"""Addresses: the forms of UK postcodes, and fields that may be left empty."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kits.errors import BadInput
from shop.orders.placing.address import Address, check_email, postcode

GIVEN = Address("1 Row", "London", "N1 1AA", "GB")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("se16ha", "SE1 6HA"),
        (" SE1  6HA ", "SE1 6HA"),
        ("m11ae", "M1 1AE"),
        ("B338TH", "B33 8TH"),
        ("cr2 6xh", "CR2 6XH"),
        ("dn551pt", "DN55 1PT"),
        ("w1a1hq", "W1A 1HQ"),
        ("ec1a 1bb", "EC1A 1BB"),
        ("gir0aa", "GIR 0AA"),
        ("BF1 3AA", "BF1 3AA"),
    ],
)
def test_a_uk_postcode_is_written_as_the_post_writes_it(typed: str, kept: str) -> None:
    assert postcode(typed, "GB") == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "SE1",
        "12345",
        "SE1 6H",
        "SE1 66A",
        "QE1 6HA",
        "SI1 6HA",
        "SE1 6CA",
        "SE111 6HA",
        "S£1 6HA",
        "SE1-6HA",
        "ＳＥ1 6HA",
    ],
)
def test_what_is_no_uk_postcode_is_refused(typed: str) -> None:
    with pytest.raises(BadInput) as refused:
        postcode(typed, "GB")
    assert refused.value.field == "postcode"


def test_other_countries_have_forms_of_their_own() -> None:
    assert postcode(" d02  af30", "IE") == "D02 AF30"


def test_a_second_line_may_be_left_empty_and_nothing_else() -> None:
    assert GIVEN.tidied() == GIVEN
    for field in ("line1", "city", "postcode"):
        for wrong in (" ", "", "a\x00b", "x" * 201):
            with pytest.raises(BadInput) as refused:
                replace(GIVEN, **{field: wrong}).tidied()
            assert refused.value.field == field
    for wrong in ("x" * 201, "Flat\x002", "Flat\n2"):
        with pytest.raises(BadInput) as refused:
            replace(GIVEN, line2=wrong).tidied()
        assert refused.value.field == "line2"


@pytest.mark.parametrize("typed", ["", "ada", "ada@example", "a b@example.org", "a" * 190 + "@example.org", "a@b.c\nd"])
def test_what_is_no_e_mail_address_is_refused(typed: str) -> None:
    with pytest.raises(BadInput) as refused:
        check_email(typed)
    assert refused.value.field == "email"


def test_an_address_is_kept_without_the_spaces_around_it() -> None:
    tidy = Address(" 1 Row ", " London", "se16ha", "GB", " Flat 2 ").tidied()
    assert tidy == Address("1 Row", "London", "SE1 6HA", "GB", "Flat 2")
