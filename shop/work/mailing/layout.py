"""A mail's plain text, read as what it is made of, so that its HTML is the same words laid out. Pure.

A block stands between empty lines. In it:

- a line with `====` or `----` under it is a heading;
- lines that begin with `- ` or `1. ` are a list; an indented line goes on with the item before it;
- an address alone on its line is a button, named by the line before it when that ends in a colon;
- two lines or more like `Charged on: Sun 4 April 2027`, and one like `Total: £89.00`, are rows of a table, unless
  they end as a sentence does;
- a short first line that ends in a colon names what follows it.

A part under a `====` heading that is long, such as the terms, is set smaller.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

LONG_PART = 1500
LONGEST_NAME = 60
"""Letters of a line that may name a button or what follows it; a longer one is a sentence."""
OPEN, OPEN_PDF = "Open the page", "Open the PDF"
_ADDRESS = re.compile(r"https?://\S+")
_UNDER = re.compile(r"={3,}|-{3,}")
_ITEM = re.compile(r"(?:-|(\d{1,3})\.) (\S.*)")
_ROW = re.compile(r"([^\s:][^:]{0,59}):(?: (\S.*(?<![.!?])))?")
_AMOUNT = re.compile(r"[-−+]? ?(?:[£$€]|[A-Z]{3}[ \xa0])[\d,]+(?:\.\d+)?|free")

Kind = Literal["heading", "subheading", "name", "words", "list", "numbered", "rows", "sums", "button"]


@dataclass(frozen=True)
class Block:
    """Something of one kind.

    `lines` holds its lines: of a list the items, of a numbered one a number
    and its item in turn, of rows and sums a label and a value, of a button its
    name and its address.
    """

    kind: Kind
    lines: tuple[str, ...]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Numbers and items, labels and values, or the name and the address."""
        return list(zip(self.lines[::2], self.lines[1::2], strict=True))


@dataclass(frozen=True)
class Part:
    """What stands under one `====` heading, or before the first; `small` when it is long."""

    blocks: tuple[Block, ...]
    small: bool


def laid_out(text: str) -> list[Part]:
    """The parts of a mail's text."""
    parts: list[list[Block]] = [[]]
    for block in _blocks(text):
        if block.kind == "heading":
            parts.append([])
        parts[-1].append(block)
    return [Part(tuple(part), _is_long(part)) for part in parts if part]


def _is_long(part: Sequence[Block]) -> bool:
    return part[0].kind == "heading" and sum(len(line) for block in part for line in block.lines) > LONG_PART


def _blocks(text: str) -> Iterator[Block]:
    for chunk in re.split(r"\n(?:[ \t]*\n)+", text.replace("\r\n", "\n").strip()):
        lines = [line.rstrip() for line in chunk.split("\n") if line.strip()]
        while len(lines) > 1 and _UNDER.fullmatch(lines[1]):
            yield Block("heading" if lines[1].startswith("=") else "subheading", (lines[0],))
            lines = lines[2:]
        yield from _of_lines(lines)


def _of_lines(lines: Sequence[str]) -> Iterator[Block]:
    """A block's lines, taken from the front as far as they are of one kind."""
    at = 0
    if len(lines) > 1 and _names(lines[0]) and not _ADDRESS.fullmatch(lines[1]):
        yield Block("name", (lines[0],))
        at = 1
    while at < len(lines):
        block, taken = _next(lines[at:])
        at += taken
        yield block


def _next(lines: Sequence[str]) -> tuple[Block, int]:
    """The first block of these lines and how many of them it takes."""
    for read in (_button, _list, _rows):
        if found := read(lines):
            return found
    taken = 1
    while taken < len(lines) and not any(read(lines[taken:]) for read in (_button, _list, _rows)):
        taken += 1
    return Block("words", tuple(lines[:taken])), taken


def _button(lines: Sequence[str]) -> tuple[Block, int] | None:
    if _ADDRESS.fullmatch(lines[0]):
        return Block("button", (OPEN_PDF if lines[0].endswith(".pdf") else OPEN, lines[0])), 1
    if len(lines) > 1 and _names(lines[0]) and _ADDRESS.fullmatch(lines[1]):
        return Block("button", (lines[0].rstrip(":"), lines[1])), 2
    return None


def _list(lines: Sequence[str]) -> tuple[Block, int] | None:
    first = _ITEM.fullmatch(lines[0])
    if first is None:
        return None
    numbers, items = [], []
    for line in lines:
        item = _ITEM.fullmatch(line)
        if item and bool(item[1]) == bool(first[1]):
            numbers.append(item[1])
            items.append([item[2]])
        elif line.startswith("  "):
            items[-1].append(line.strip())
        else:
            break
    taken, texts = sum(map(len, items)), [" ".join(item) for item in items]
    if not first[1]:
        return Block("list", tuple(texts)), taken
    return Block("numbered", tuple(chain.from_iterable(zip(numbers, texts, strict=True)))), taken


def _rows(lines: Sequence[str]) -> tuple[Block, int] | None:
    found: list[str] = []
    for line in lines:
        row = _ROW.fullmatch(line)
        if row is None:
            break
        found += [row[1], row[2] or ""]
    values = [value for value in found[1::2] if value]
    amounts = sum(_AMOUNT.fullmatch(value) is not None for value in values)
    if len(found) < 4 and not amounts:
        return None
    return Block("sums" if amounts * 2 > len(values) else "rows", tuple(found)), len(found) // 2


def _names(line: str) -> bool:
    return line.endswith(":") and len(line) <= LONGEST_NAME
