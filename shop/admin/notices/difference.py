"""What is otherwise in a text than in the one before: line by line, and word by word in a line that changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

SAME, GONE, NEW, CHANGED = "same", "gone", "new", "changed"
ALIKE = 0.4
WORD = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True)
class Piece:
    """Words that are in both texts (`same`), in the old one alone (`gone`) or in the new one alone (`new`)."""

    kind: str
    text: str


@dataclass(frozen=True)
class Line:
    """A line of either text. One that `changed` holds pieces of every kind, any other a single piece of its own."""

    kind: str
    pieces: tuple[Piece, ...]


def difference(old: str, new: str) -> list[Line]:
    """The lines of both texts in order; the old ones are those without `new` pieces, and the other way round."""
    return [line for was, now in _stretches(old.splitlines(), new.splitlines()) for line in _lines(was, now)]


def _stretches(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Stretches of lines that are the same in both, or that one takes the place of in the other."""
    for _, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield old[i:j], new[k:m]


def _lines(was: Sequence[str], now: Sequence[str]) -> Iterator[Line]:
    if was == now:
        yield from (_whole(SAME, text) for text in was)
        return
    for before, after in zip_longest(was, now):
        pieces = _pieces(before, after) if before and after else ()
        if pieces and sum(len(each.text) for each in pieces if each.kind == SAME) >= ALIKE * len(after):
            yield Line(CHANGED, pieces)
        else:
            yield from (_whole(kind, text) for kind, text in ((GONE, before), (NEW, after)) if text is not None)


def _whole(kind: str, text: str) -> Line:
    return Line(kind, (Piece(kind, text),))


def _pieces(before: str, after: str) -> tuple[Piece, ...]:
    found: list[Piece] = []
    for was, now in _stretches(WORD.findall(before), WORD.findall(after)):
        if was == now:
            found.append(Piece(SAME, "".join(was)))
        else:
            both = Piece(GONE, "".join(was)), Piece(NEW, "".join(now))
            found += [piece for piece in both if piece.text]
    return tuple(found)
