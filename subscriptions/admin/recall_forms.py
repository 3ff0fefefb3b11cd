"""What the forms of recalls hand in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from marshmallow import ValidationError, fields

from shop.storefront.forms import UNREADABLE, Form, words

LARGEST_ID = 2**53


def _lines_are_printable(text: str) -> None:
    # PostgreSQL takes no NUL, and a letter has no use for its kin.
    if not all(line.isprintable() for line in text.split("\n")):
        raise ValidationError(UNREADABLE)


class Lines(fields.String):
    """Text of several lines, whatever a browser ends them with."""

    def __init__(self) -> None:
        super().__init__(load_default="", validate=_lines_are_printable)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        return str(super()._deserialize(value, *args, **kwargs)).replace("\r\n", "\n").replace("\t", " ")


class ReasonForm(Form):
    """Why something is done."""

    reason = words()


class RecallForm(ReasonForm):
    """A recall; `step` says whether only the mail is to be shown (`look`)."""

    message = Lines()
    step = words()


def number(name: str, given: Mapping[str, str] | None = None) -> int | None:
    """A whole number out of `given`, else out of the address; None for anything else."""
    text = (request.args if given is None else given).get(name, "")
    return min(int(text), LARGEST_ID) if text.isdecimal() and text.isascii() and len(text) < 20 else None
