"""Tables as spreadsheets save them: any usual encoding, any usual separator, told row by row with its line."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

from kits.errors import BadInput

SEPARATORS = (",", ";", "\t")
MOST_BYTES = 1_000_000
SEPARATOR_LINE = re.compile(r'"?sep=([,;\t])"?[ ,;\t]*', re.IGNORECASE)
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# No table holds it: texts with NUL are refused before.
END = "\0"


@dataclass(frozen=True)
class Row:
    """`cells` without the spaces around them; `line` is where the row begins in the file, from 1."""

    line: int
    cells: tuple[str, ...]


class BrokenTable(BadInput):
    """From this line on the file cannot be read; its field is `file`."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__("file", message)
        self.line = line


def rows(raw: bytes | str) -> Iterator[Row]:
    """Every row that holds something, the header's too, without the empty cells at its end.

    Takes UTF-8, UTF-16 with its mark and Windows-1252; commas, semicolons or
    tabs; Excel's `sep=;` line. Raises BrokenTable where it cannot go on: over
    1,000,000 bytes, no text, a quotation mark that is never closed.
    """
    lines = list(StringIO(_text(raw), newline=""))
    first = next((number for number, line in enumerate(lines) if line.strip()), len(lines))
    told = SEPARATOR_LINE.fullmatch(lines[first].strip(" \r\n")) if first < len(lines) else None
    start = first + 1 if told else first
    separator = told.group(1) if told else _separator(lines[start : start + 1])
    for row in _split(lines[start:], separator, start + 1):
        cells = [cell.strip() for cell in row.cells]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield Row(row.line, tuple(cells))


def _split(lines: list[str], separator: str, line: int) -> Iterator[Row]:
    if lines and not lines[-1].endswith(("\r", "\n")):
        lines = [*lines[:-1], lines[-1] + "\n"]
    # Where the end is not a row of its own, an open quotation mark has swallowed it.
    reader = csv.reader([*lines, END], delimiter=separator, skipinitialspace=True)
    begins = line
    try:
        for cells in reader:
            if cells == [END]:
                return
            if cells and cells[-1].endswith(END):
                raise BrokenTable(begins, "A quotation mark is opened here and never closed. Close it or take it out.")
            yield Row(begins, tuple(cells))
            begins = line + reader.line_num
    except csv.Error:
        raise BrokenTable(begins, "A cell is far too long. Look for a quotation mark that is never closed.") from None


def _separator(header: list[str]) -> str:
    """The one that stands in the header most often outside quotation marks; the comma when none does."""
    bare = re.sub(r'"[^"]*"', "", "".join(header))
    return max(SEPARATORS, key=bare.count)


def _text(raw: bytes | str) -> str:
    size = len(raw.encode("utf-8", "surrogatepass") if isinstance(raw, str) else raw)
    if size > MOST_BYTES:
        raise BrokenTable(1, f"The file is larger than {MOST_BYTES:,} bytes. Split the list, or save it as plain CSV.")
    try:
        text = raw.removeprefix("\ufeff") if isinstance(raw, str) else _decoded(raw)
    except UnicodeDecodeError:
        raise BrokenTable(1, "This is no text. Save the list as CSV (UTF-8) and send that file.") from None
    if "\0" in text:
        line = len(list(StringIO(text[: text.index("\0") + 1], newline="")))
        raise BrokenTable(line, "This line holds what no list holds. Save the list as CSV (UTF-8) and send that file.")
    return text


def _decoded(raw: bytes) -> str:
    if raw.startswith(UTF_16):
        return raw.decode("utf-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252")
