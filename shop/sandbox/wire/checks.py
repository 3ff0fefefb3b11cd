"""Holds a request's parameters to what Stripe's description allows, and turns them into Python values."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from shop.sandbox.errors import BadParameter
from shop.sandbox.wire.forms import Raw

PARAMETERS: dict[str, Any] = json.loads((Path(__file__).parent / "parameters.json").read_text(encoding="utf-8"))
METADATA_KEYS, METADATA_NAME, METADATA_VALUE = 50, 40, 500
"""The most keys, and the most characters of a name and of a value (https://docs.stripe.com/api/metadata)."""


UNSETTABLE = ("description", "email", "name", "phone")
"""Plain texts that Stripe lets an empty value unset, although its description does not say so."""


def check(operation: str, raw: dict[str, Raw]) -> dict[str, Any]:
    """The parameters as Python values; BadParameter names the first one that is unknown, missing or wrong."""
    shape = PARAMETERS[operation]
    return _fields(shape, raw, "")


def _fields(shape: dict[str, Any], raw: dict[str, Raw], place: str) -> dict[str, Any]:
    for name in raw:
        if name not in shape["fields"]:
            _refuse(f"Received unknown parameter: {_inside(place, name)}", "parameter_unknown", _inside(place, name))
    for name in shape["required"]:
        if name not in raw:
            _refuse(f"Missing required param: {_inside(place, name)}.", "parameter_missing", _inside(place, name))
    return {name: _value(shape["fields"][name], value, _inside(place, name)) for name, value in raw.items()}


def _inside(place: str, name: str) -> str:
    return f"{place}[{name}]" if place else name


def _refuse(message: str, code: str | None, param: str) -> None:
    raise BadParameter(message, code=code, param=param)


def _value(shape: Any, raw: Raw, place: str) -> Any:
    if isinstance(shape, str):
        return _SIMPLE[shape](raw, place)
    if isinstance(shape, list):
        return _word(shape, raw, place)
    if "any" in shape:
        return _first_that_fits(shape["any"], raw, place)
    if not isinstance(raw, dict):
        raise BadParameter("Invalid array" if "each" in shape else "Invalid object", param=place)
    if "each" in shape:
        return [_value(shape["each"], item, f"{place}[{name}]") for name, item in raw.items()]
    if "map" in shape:
        return _named(shape["map"], raw, place)
    return _fields(shape, raw, place)


def _first_that_fits(choices: list[Any], raw: Raw, place: str) -> Any:
    """A value of the first alternative that takes it; the complaint of the last one that is not just `""`."""
    refused: BadParameter | None = None
    for choice in choices:
        try:
            return _value(choice, raw, place)
        except BadParameter as error:
            if refused is None or choice != [""]:
                refused = error
    raise refused or BadParameter("Invalid value", param=place)


def _named(shape: Any, raw: dict[str, Raw], place: str) -> dict[str, Any]:
    if place.endswith("metadata"):
        _check_metadata(raw, place)
        return {name: _metadata_value(value, f"{place}[{name}]") for name, value in raw.items()}
    return {name: _value(shape, value, f"{place}[{name}]") for name, value in raw.items()}


def _check_metadata(raw: dict[str, Raw], place: str) -> None:
    if len(raw) > METADATA_KEYS:
        _refuse(f"You cannot have more than {METADATA_KEYS} metadata keys.", None, place)
    for name in raw:
        if len(name) > METADATA_NAME:
            _refuse(f"Metadata keys must be at most {METADATA_NAME} characters.", None, _inside(place, name))


def _metadata_value(raw: Raw, place: str) -> str:
    if not isinstance(raw, str):
        raise BadParameter("Metadata values must be strings.", param=place)
    if len(raw) > METADATA_VALUE:
        _refuse(f"Metadata values must be at most {METADATA_VALUE} characters.", None, place)
    return raw


def _string(raw: Raw, place: str) -> str:
    if not isinstance(raw, str):
        raise BadParameter("Invalid string: expected a string", param=place)
    if not raw and place not in UNSETTABLE:
        message = f"You passed an empty string for '{place}'. We assume empty values are an attempt to unset a"
        message += f" parameter; however '{place}' cannot be unset. You should remove '{place}' from your request or"
        _refuse(f"{message} supply a non-empty value.", "parameter_invalid_empty", place)
    return raw


def _integer(raw: Raw, place: str) -> int:
    digits = raw.removeprefix("-") if isinstance(raw, str) else ""
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
        _refuse(f"Invalid integer: {raw}", "parameter_invalid_integer", place)
    return int(str(raw))


def _number(raw: Raw, place: str) -> float:
    try:
        return float(str(raw))
    except ValueError:
        raise BadParameter(f"Invalid decimal: {raw}", param=place) from None


def _boolean(raw: Raw, place: str) -> bool:
    if raw not in ("true", "false"):
        _refuse(f"Invalid boolean: {raw}", None, place)
    return raw == "true"


def _word(words: list[str], raw: Raw, place: str) -> str:
    if raw not in words:
        named = [word for word in words if word]
        listed = named[0] if len(named) == 1 else f"{', '.join(named[:-1])}, or {named[-1]}" if named else "empty"
        _refuse(f"Invalid {place}: must be one of {listed}", None, place)
    return str(raw)


_SIMPLE: dict[str, Callable[[Raw, str], Any]] = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
}
