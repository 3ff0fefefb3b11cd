"""Reading a list of deliveries: what is taken, and every fault by its line and column."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kits.stock.buying.delivery_list import DeliveryList, DeliveryRow, Fault, read

TODAY = date(2026, 12, 1)
HEADER = "sku,lot,quantity,expires"
CELLS = {
    "sku": "SERUM-3M",
    "lot": "L-1",
    "quantity": "12",
    "expires": "2027-05-31",
    "supplier": "",
    "purchase_order": "",
}


def listed(*lines: str, header: str = HEADER) -> DeliveryList:
    return read("\n".join([header, *lines]), today=TODAY)


def one(**changed: str) -> DeliveryList:
    """A list of one row, some of its cells changed and all of them quoted."""
    cells = {**CELLS, **changed}
    return listed(",".join(f'"{cell}"' for cell in cells.values()), header=",".join(cells))


def where(found: DeliveryList) -> list[tuple[int, str]]:
    return [(fault.line, fault.field) for fault in found.faults]


def test_a_list_is_read_whatever_the_order_and_case_of_its_columns() -> None:
    found = listed("L-1;Müller;31/05/2027;12;SERUM-3M;PO-9", header="Lot;Supplier;EXPIRES;quantity;Sku;Purchase order")
    assert found.rows == (DeliveryRow(2, "SERUM-3M", "L-1", 12, date(2027, 5, 31), "Müller", "PO-9"),)
    assert found.faults == ()


def test_supplier_and_purchase_order_may_be_left_out() -> None:
    assert listed("A,L-1,12,2027-05-31").rows == (DeliveryRow(2, "A", "L-1", 12, date(2027, 5, 31), "", ""),)


def test_a_line_is_the_file_s_own() -> None:
    found = read(
        "sep=,\r\n" + HEADER + ',supplier\r\nA,L,1,2027-05-31,"One\r\nLtd"\r\n\r\nA,M,1,2027-05-31\r\n', today=TODAY
    )
    assert [(row.line, row.supplier) for row in found.rows] == [(3, "One Ltd"), (6, "")]


@pytest.mark.parametrize(
    "written", ["2027-05-31", "31/05/2027", "31.05.2027", "31 May 2027", "31-May-2027", "31 may 2027"]
)
def test_a_day_is_read_with_the_day_before_the_month(written: str) -> None:
    assert one(expires=written).rows[0].expires == date(2027, 5, 31)
    assert one(expires="4/3/2027").rows[0].expires == date(2027, 3, 4)


@pytest.mark.parametrize(
    "written",
    ["", "31/02/2027", "05/31/2027", "31/05.2027", "31 Mai 2027", "20270531", "0000-01-01", "soon", "2027-05-31T00:00"],
)
def test_what_is_no_day_is_refused(written: str) -> None:
    assert where(one(expires=written)) == [(2, "expires")]


def test_the_sentence_repeats_what_was_written_and_says_what_to_write() -> None:
    assert one(expires="31/02/2027").faults == (Fault(2, "expires", "31/02/2027 is no day. Write it like 2027-05-31."),)
    assert one(quantity="12.0").faults == (
        Fault(2, "quantity", "12.0 is no whole number from 1 to 1,000,000. Write it like 12."),
    )


@pytest.mark.parametrize("written", ["31/05/27", "31 May 27"])
def test_a_year_of_two_digits_is_refused(written: str) -> None:
    assert "two digits" in one(expires=written).faults[0].sentence


@pytest.mark.parametrize(("written", "units"), [("1", 1), ("1,000", 1000), ("1,000,000", 1_000_000), ("007", 7)])
def test_a_quantity_is_whole_with_or_without_a_comma_between_thousands(written: str, units: int) -> None:
    assert one(quantity=written).rows[0].quantity == units


@pytest.mark.parametrize(
    "written",
    ["", "0", "-5", "+5", "12.0", "1.000", "1,00", "0,001", "1000001", "1,000,001", "9" * 5000, "١٢", "1e3", "ten"],
)
def test_any_other_quantity_is_refused(written: str) -> None:
    assert where(one(quantity=written)) == [(2, "quantity")]


@pytest.mark.parametrize("field", ["sku", "lot"])
@pytest.mark.parametrize("written", ["", "  ", "two\nlines", "a\u200bb", "x" * 201])
def test_a_sku_and_a_lot_are_there_and_can_be_printed(field: str, written: str) -> None:
    assert where(one(**{field: written})) == [(2, field)]


def test_a_lot_has_sixty_characters_at_most() -> None:
    assert one(lot="x" * 60).faults == ()
    assert where(one(lot="x" * 61)) == [(2, "lot")]


@pytest.mark.parametrize("field", ["supplier", "purchase_order"])
@pytest.mark.parametrize("written", ["a\u200bb", "x" * 201])
def test_a_supplier_and_a_purchase_order_can_be_read(field: str, written: str) -> None:
    assert where(one(**{field: written})) == [(2, field)]


@pytest.mark.parametrize("written", ["=1+1", "+44", "-A", "@lot"])
def test_what_looks_like_a_formula_is_a_value_like_any_other(written: str) -> None:
    assert one(lot=written).rows[0].lot == written


@pytest.mark.parametrize(("day", "taken"), [("2026-11-30", 0), ("2026-12-01", 0), ("2026-12-02", 1)])
def test_stock_that_has_expired_is_not_received(day: str, taken: int) -> None:
    assert len(one(expires=day).rows) == taken


def test_a_lot_with_two_expiries_is_a_fault_that_names_the_other_line() -> None:
    found = listed("A,L,1,2027-05-31", "B,L,1,2027-06-30", "A,L,1,2027-05-31", "A,L,x,2027-06-30")
    assert where(found) == [(5, "quantity"), (5, "expires")]
    assert "stands on line 2 with the expiry 2027-05-31" in found.faults[1].sentence
    assert len(found.rows) == 3


def test_every_fault_of_every_row_is_told() -> None:
    found = listed(",,,x", "A,L,1,2027-05-31,more", "A,L,1,000,2027-05-31")
    assert where(found) == [
        (2, "sku"),
        (2, "lot"),
        (2, "quantity"),
        (2, "expires"),
        (3, "row"),
        (4, "row"),
        (4, "expires"),
    ]


def test_two_hundred_faults_are_told_and_how_many_more_there_are() -> None:
    assert len(listed(*["A,L,0,2027-05-31"] * 200).faults) == 200
    faults = listed(*["A,L,0,2027-05-31"] * 260).faults
    assert len(faults) == 201
    assert (faults[-1].line, faults[-1].sentence[:27]) == (202, "There are 60 more faults. C")


def test_an_unknown_column_is_named_beside_the_known_ones() -> None:
    found = listed("A,L,1,2027-05-31,x,y", header=f"{HEADER},colour,,")
    assert where(found)[0] == (1, "header")
    assert "colour" in found.faults[0].sentence
    assert "sku, lot, quantity, expires, supplier, purchase_order" in found.faults[0].sentence


def test_a_column_without_a_name_is_told_by_its_place() -> None:
    assert "(column 2)" in listed(header="sku,,lot,quantity,expires").faults[0].sentence


def test_many_unknown_columns_are_counted() -> None:
    found = listed("A,L,1,2027-05-31", header=HEADER + "".join(f",c{number}" for number in range(14)))
    assert "c9 and 4 more" in found.faults[0].sentence


def test_a_missing_column_is_told_and_the_others_are_looked_at() -> None:
    found = listed("A,L,0", header="sku,lot,quantity")
    assert where(found) == [(1, "header"), (2, "quantity")]
    assert "no column expires" in found.faults[0].sentence
    assert listed("A,L,1", header="sku,lot,quantity").rows == ()


def test_a_column_that_stands_there_twice_is_a_fault() -> None:
    assert where(listed("A,L,1,2027-05-31,A", header=f"{HEADER},SKU")) == [(1, "header")]


@pytest.mark.parametrize("raw", ["", HEADER, f"{HEADER}\n,,,\n\n", b"\xef\xbb\xbf"])
def test_a_list_without_deliveries_is_a_fault(raw: bytes | str) -> None:
    assert where(read(raw, today=TODAY)) == [(1, "file")]


def test_two_thousand_rows_are_read_and_one_more_is_a_fault() -> None:
    assert listed(*["A,L,1,2027-05-31"] * 2000).faults == ()
    assert where(listed(*["A,L,1,2027-05-31"] * 2005)) == [(2002, "file")]


def test_faults_before_the_place_where_a_file_breaks_off_are_told_too() -> None:
    assert where(listed("A,L,0,2027-05-31", 'A,"L,1,2027-05-31')) == [(2, "quantity"), (3, "file")]


def test_a_file_too_large_is_a_fault() -> None:
    assert where(read(b"x" * 1_000_001, today=TODAY)) == [(1, "file")]


ROWS = st.lists(st.lists(st.sampled_from([*CELLS.values(), "\ud800", '"', "\r", "9" * 5000]) | st.text(max_size=9)))


@given(st.binary() | st.text() | ROWS.map(lambda rows: "\n".join([HEADER, *(",".join(row) for row in rows)])))
@example(b"\xff\xfe\x00\xd8")
@example("\ud800")
def test_nothing_that_is_sent_raises_and_each_fault_has_its_place(raw: bytes | str) -> None:
    found = read(raw, today=TODAY)
    assert found.rows or found.faults
    for fault in found.faults:
        assert fault.line >= 1
        assert fault.field
        assert fault.sentence.isprintable()


@given(st.binary(max_size=60))
def test_nonsense_behind_a_header_raises_nothing(tail: bytes) -> None:
    read(f"{HEADER}\n".encode() + tail, today=TODAY)
