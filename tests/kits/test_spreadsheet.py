"""Tables as spreadsheets save them."""

from __future__ import annotations

import pytest

from kits.spreadsheet import MOST_BYTES, BrokenTable, rows


def told(raw: bytes | str) -> list[tuple[int, tuple[str, ...]]]:
    return [(row.line, row.cells) for row in rows(raw)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_encoding_a_spreadsheet_saves_is_read(encoding: str) -> None:
    assert told("sku,supplier\nA,Müller & Søn\n".encode(encoding))[1] == (2, ("A", "Müller & Søn"))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_separator_and_line_end_is_read(separator: str, end: str) -> None:
    text = end.join([separator.join("abc"), separator.join(["1", " 2 ", ""]), ""])
    assert told(text) == [(1, ("a", "b", "c")), (2, ("1", "2"))]


@pytest.mark.parametrize("first", ["sep=;", "SEP=;", '"sep=;"', "sep=;\r"])
def test_the_separator_that_a_first_line_names_is_taken(first: str) -> None:
    assert told(f"\ufeff{first}\na,b;c\n") == [(2, ("a,b", "c"))]


def test_a_separator_inside_quotation_marks_does_not_count() -> None:
    assert told('"a,b,c";d\n1;2') == [(1, ("a,b,c", "d")), (2, ("1", "2"))]


def test_a_row_of_several_lines_is_told_by_the_line_it_begins_on() -> None:
    assert told('a,b\r\n"one\r\ntwo", "1,000" \r\nx,y') == [
        (1, ("a", "b")),
        (2, ("one\r\ntwo", "1,000")),
        (4, ("x", "y")),
    ]


def test_rows_that_hold_nothing_are_passed_over_but_counted() -> None:
    assert told("\n\na,b\n,,,\n \nx,y\n,\n\n") == [(3, ("a", "b")), (6, ("x", "y"))]


def test_an_empty_file_has_no_rows() -> None:
    assert [told(raw) for raw in (b"", "", "\ufeff", "\n\r\n", "sep=;", b"\xff\xfe")] == [[]] * 6


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ('a,b\n1,2\n3,"4\n5,6\n', 3),
        ('a,b\n"', 2),
        ("a,b\n1,\0\n", 2),
        (b"PK\x03\x04\x00\x00", 1),
        ("a,b\n".encode("utf-16-le"), 1),
        (b"\xff\xfea", 1),
        (b"a,\x81\n", 1),
        ("x" * (MOST_BYTES + 1), 1),
        ("a,b\n1," + "x" * 200_000, 2),
    ],
    ids=[
        "open mark",
        "only a mark",
        "NUL",
        "zip",
        "UTF-16 without mark",
        "half a letter",
        "no letter",
        "large",
        "cell",
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(raw: bytes | str, line: int) -> None:
    with pytest.raises(BrokenTable) as refused:
        told(raw)
    assert (refused.value.line, refused.value.field) == (line, "file")


def test_a_file_of_the_largest_size_is_read() -> None:
    assert len(told(b"a,b\n" * (MOST_BYTES // 4))) == MOST_BYTES // 4
