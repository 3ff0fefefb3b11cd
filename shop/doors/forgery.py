"""CSRF: every form of ours carries Flask-WTF's token. Only its functions are used, never its app-wide guard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response, current_app, request
from flask.sansio.blueprints import Blueprint
from flask_wtf.csrf import ValidationError, generate_csrf, validate_csrf
from werkzeug.exceptions import RequestEntityTooLarge

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
FORM_HOURS = 12
LARGEST_FORM = 256 * 1024
_TAKES = "refillery_takes"
View = TypeVar("View", bound=Callable[..., Any])


def takes(most: int, too_large: str) -> Callable[[View], View]:
    """Let one view take forms of up to `most` bytes; whoever sends more is told the sentence `too_large`."""

    def marked(view: View) -> View:
        setattr(view, _TAKES, (most, too_large))
        return view

    return marked


def check(refuse: Callable[[int, str, str], Response]) -> Callable[[], Response | None]:
    """A `before_request` that turns away a form without this session's token, or of more than 256 KiB.

    A view may take more: see `takes`.
    """

    def turn_away_forgeries() -> Response | None:
        if request.method not in UNSAFE:
            return None
        view = current_app.view_functions.get(request.endpoint or "")
        most, too_large = getattr(view, _TAKES, (LARGEST_FORM, "Go back and send less."))
        request.max_content_length = request.max_form_memory_size = most
        try:
            validate_csrf(_sent_token(), time_limit=FORM_HOURS * 3600)
        except ValidationError:
            return refuse(400, "This form is no longer valid", "Go back, reload the page and try again.")
        except RequestEntityTooLarge:
            return refuse(413, "This form is too large", too_large)
        return None

    return turn_away_forgeries


def words() -> dict[str, Callable[[], str]]:
    """What a template needs to write a form."""
    return {"csrf_token": generate_csrf}


def exempt(blueprint: Blueprint) -> Callable[[str | None, dict[str, Any] | None], None]:
    """Take `blueprint` out of a host's `CSRFProtect`, which may be made after us.

    Runs as URL value preprocessor: those come before every `before_request`,
    the host's own included.
    """

    def exempt_late(endpoint: str | None, values: dict[str, Any] | None) -> None:
        if (protect := current_app.extensions.get("csrf")) is not None:
            protect.exempt(blueprint)

    return exempt_late


def _sent_token() -> str | None:
    field = current_app.config.get("WTF_CSRF_FIELD_NAME", "csrf_token")
    return request.form.get(field) or request.headers.get("X-CSRFToken")
