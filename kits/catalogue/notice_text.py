"""The text of a notice: what may be published, and the one shape in which every page and mail can lay it out."""

from __future__ import annotations

import re

from kits.errors import BadInput

LONGEST = 5000
POINT = re.compile(r"[-*•–] ")


def checked(text: str) -> str:
    """`text` as it is published; raises BadInput at `text` when it is empty, too long or holds unreadable signs."""
    tidy = tidied(text)
    if not tidy:
        raise BadInput("text", "Write the text of the notice.")
    if len(tidy) > LONGEST:
        raise BadInput("text", f"Keep the notice under {LONGEST:,} characters: people read it before they pay.")
    if not tidy.replace("\n", "").isprintable():
        raise BadInput("text", "This holds a sign that we cannot read. Please type it again.")
    return tidy


def tidied(text: str) -> str:
    """The text as every page lays it out: paragraphs and lists of points (`- `), a blank line between any two."""
    blocks: list[list[str]] = [[]]
    for line in (" ".join(line.split()) for line in re.split(r"\r\n|\r|\n", text)):
        in_list = bool(blocks[-1]) and blocks[-1][0].startswith("- ")
        if not line:
            blocks.append([])
        elif POINT.match(line):
            blocks += [] if in_list else [[]]
            blocks[-1].append(POINT.sub("- ", line, count=1))
        elif in_list:  # it goes on with its point
            blocks[-1][-1] += f" {line}"
        else:
            blocks[-1].append(line)
    return "".join(["\n".join(block) + "\n\n" for block in blocks if block])[:-1]
