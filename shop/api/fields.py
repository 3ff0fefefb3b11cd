"""Fields that take what they name and nothing that merely looks like it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validate

DIGITS = re.compile(r"-?[0-9]{1,9}")
ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LARGEST = 1_000_000


class WholeNumber(fields.Integer):
    """A JSON integer up to a million; true is none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validate=validate.Range(1, LARGEST), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> int:
        if type(value) is not int:
            raise ValidationError("Give a whole number.")
        return value


class WholeNumberInQuery(WholeNumber):
    """The same, written in digits."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> int:
        return super()._deserialize(int(value) if DIGITS.fullmatch(value) else value, attr, data, **more)


class YesOrNo(fields.Boolean):
    """JSON's true or false; 1 and "yes" are neither."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("Give true or false.")
        return value


class Day(fields.Date):
    """A day as YYYY-MM-DD and in no other form of ISO 8601."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> date:
        if not isinstance(value, str) or not ISO_DAY.fullmatch(value):
            raise ValidationError("Give a day as YYYY-MM-DD.")
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ValidationError("There is no such day.") from error


class Text(fields.String):
    """One line of `least` to `most` printable characters: no NUL, no line break, no half of a surrogate pair."""

    least = 1

    def __init__(self, most: int, **options: Any) -> None:
        super().__init__(validate=validate.Length(self.least, most), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("Give a text.")
        if not value.isprintable():
            raise ValidationError("Leave out line breaks and control characters.")
        return value


class PerhapsText(Text):
    """The same, and it may be empty."""

    least = 0
