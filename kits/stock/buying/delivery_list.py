"""A list of deliveries as a spreadsheet saves it: its rows, and every fault by line and column. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kits.errors import BadInput
from kits.spreadsheet import BrokenTable, Row, rows
from kits.stock.buying.delivery_cells import READERS, shown

REQUIRED = ("sku", "lot", "quantity", "expires")
OPTIONAL = ("supplier", "purchase_order")
KNOWN = REQUIRED + OPTIONAL
MOST_ROWS = 2_000
MOST_FAULTS = 200


@dataclass(frozen=True)
class DeliveryRow:
    """One delivery; `line` is where its row begins in the file, `quantity` counts units."""

    line: int
    sku: str
    lot: str
    quantity: int
    expires: date
    supplier: str = ""
    purchase_order: str = ""


@dataclass(frozen=True)
class Fault:
    """What to put right: `field` is a column, or `row`, `header` or `file`; the sentence says what to do."""

    line: int
    field: str
    sentence: str


@dataclass(frozen=True)
class DeliveryList:
    """`rows` are the faultless ones; while there are `faults` the list as a whole is not to be booked."""

    rows: tuple[DeliveryRow, ...]
    faults: tuple[Fault, ...]


def read(raw: bytes | str, *, today: date) -> DeliveryList:
    """Read the list as it was on `today`, the shop's day. Raises nothing: what is wrong is a fault.

    At most 2,000 rows are looked at and 200 faults told, then one that says
    how many more there are. Whether a SKU exists is not asked here.
    """
    reading = _Reading(today)
    try:
        reading.take(rows(raw))
    except BrokenTable as broken:
        reading.faults.append(Fault(broken.line, broken.field, broken.message))
    return DeliveryList(tuple(reading.found), told(reading.faults))


def told(faults: Sequence[Fault]) -> tuple[Fault, ...]:
    """The first 200 faults, and one that says how many more there are."""
    if len(faults) <= MOST_FAULTS:
        return tuple(faults)
    more = f"There are {len(faults) - MOST_FAULTS:,} more faults. Correct these, then read the list again."
    return (*faults[:MOST_FAULTS], Fault(faults[MOST_FAULTS].line, "file", more))


class _Reading:
    """What was found so far, and where each lot first stood with which expiry."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.found: list[DeliveryRow] = []
        self.faults: list[Fault] = []
        self.columns: dict[str, int] = {}
        self.lots: dict[tuple[str, str], tuple[int, date]] = {}

    def take(self, table: Iterator[Row]) -> None:
        header = next(table, Row(1, ()))
        columns = [" ".join(cell.lower().split()).replace(" ", "_") for cell in header.cells]
        self.faults += [Fault(header.line, "header", sentence) for sentence in _header_faults(columns)]
        self.columns = {name: index for index, name in enumerate(columns) if name in KNOWN}
        count = 0
        for count, row in enumerate(table, start=1):
            if count > MOST_ROWS:
                self._fault(row, "file", f"The list has more than {MOST_ROWS:,} rows. Split it here.")
                return
            self._row(row, len(columns))
        if not count:
            self._fault(header, "file", "There are no deliveries in this list. Put one on each line below the header.")

    def _row(self, row: Row, width: int) -> None:
        before = len(self.faults)
        if len(row.cells) > width:
            self._fault(row, "row", _too_many(len(row.cells), width))
        values = dict(self._values(row))
        self._expiry(row, values)
        if len(self.faults) == before and values.keys() >= set(REQUIRED):
            self.found.append(DeliveryRow(row.line, **values))

    def _values(self, row: Row) -> Iterator[tuple[str, Any]]:
        for field, index in self.columns.items():
            try:
                yield field, READERS[field](row.cells[index] if index < len(row.cells) else "")
            except BadInput as bad:
                self._fault(row, field, bad.message)

    def _expiry(self, row: Row, values: dict[str, Any]) -> None:
        expires = values.get("expires", date.max)
        if expires <= self.today:
            self._fault(row, "expires", f"{expires} has come: expired stock is not received. Check the day on the box.")
        if not values.keys() >= {"sku", "lot", "expires"}:
            return
        line, first = self.lots.setdefault((values["sku"], values["lot"]), (row.line, expires))
        if first != expires:
            said = f"Lot {shown(values['lot'])} stands on line {line} with the expiry {first}"
            self._fault(row, "expires", f"{said}. A lot has one expiry: correct the one that is wrong.")

    def _fault(self, row: Row, field: str, sentence: str) -> None:
        self.faults.append(Fault(row.line, field, sentence))


def _header_faults(columns: list[str]) -> Iterator[str]:
    known = f"Known are {', '.join(KNOWN)}"
    if not columns:
        return
    if missing := [name for name in REQUIRED if name not in columns]:
        yield f"There is no column {', '.join(missing)}. Name it in the first row. {known}."
    if unknown := [shown(name) or f"(column {n})" for n, name in enumerate(columns, 1) if name not in KNOWN]:
        more = f" and {len(unknown) - 10} more" if len(unknown) > 10 else ""
        yield f"Nobody knows the column {', '.join(unknown[:10])}{more}. {known}: rename it or take it out."
    for name in KNOWN:
        if columns.count(name) > 1:
            yield f"The column {name} stands there {columns.count(name)} times. Keep one of them."


def _too_many(cells: int, columns: int) -> str:
    return (
        f"This row has {cells} cells and the header {columns}. Put a value that holds a separator in quotation marks."
    )
