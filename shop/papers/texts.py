"""Markdown as a plain mail reads it: headings underlined, no marks, addresses written out. Pure."""

from __future__ import annotations

import re

_HEADING = re.compile(r"#{1,6}\s+(.+?)\s*#*")
_LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]*)\)")
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_QUOTE = re.compile(r"> ?")


def as_text(markdown: str) -> str:
    """The same words without Markdown's marks."""
    return "\n".join(_line(line) for line in markdown.strip().splitlines())


def _line(line: str) -> str:
    line = _QUOTE.sub("", line, count=1) if line.startswith(">") else line
    line = _STRONG.sub(r"\2", _LINK.sub(_written_out, line)).rstrip()
    heading = _HEADING.fullmatch(line)
    return f"{heading[1]}\n{'-' * min(len(heading[1]), 60)}" if heading else line


def _written_out(link: re.Match[str]) -> str:
    words, address = link[1], link[2].removeprefix("mailto:")
    return words if words == address else f"{words} ({address})"
