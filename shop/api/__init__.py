"""The API: JSON at `/api/v1`, without keys or cookies. HTTP only: validate, call, answer."""

from __future__ import annotations

from collections.abc import Callable, Collection

from flask import Blueprint, Response

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY")
UNKNOWN = "There is nothing at this address. See openapi.json for what there is."


def blueprint() -> Blueprint:
    """The calls of `shop.api.calls`, `openapi.json`, and problem documents for all else beneath `/api/v1`."""
    from shop.api.calls import CALLS
    from shop.api.openapi import openapi
    from shop.api.problems import answer_with_problems, problem
    from shop.doors import guard
    from shop.doors.paths import only_possible

    made = Blueprint("refillery_api", __name__, url_prefix="/api/v1")
    answer_with_problems(made)
    guard(made, csrf=False, limit="api", refuse=problem)
    made.url_value_preprocessor(only_possible)
    routes = [(call.method, call.rule, call.view) for call in CALLS] + [("GET", "/openapi.json", openapi)]
    for method, rule, view in routes:
        made.add_url_rule(rule, view.__name__, view, methods=[method], provide_automatic_options=False)
        _refuse_others(made, rule, view.__name__, {method, "HEAD"} if method == "GET" else {method})
    for rule in ("/", "/<path:rest>"):
        made.add_url_rule(rule, "unknown", _unknown, methods=METHODS, provide_automatic_options=False)
    return made


def _refuse_others(made: Blueprint, rule: str, name: str, allowed: Collection[str]) -> None:
    """Answer every other method at `rule` with a 405 that says which are allowed, OPTIONS with just that."""
    made.add_url_rule(
        rule,
        f"{name}_other_method",
        _wrong_method(", ".join(sorted({*allowed, "OPTIONS"}))),
        methods=[method for method in METHODS if method not in allowed],
        provide_automatic_options=False,
    )


def _wrong_method(allow: str) -> Callable[..., Response]:
    from flask import request

    from shop.api.problems import problem

    def wrong_method(**values: str) -> Response:
        if request.method == "OPTIONS":
            return Response(status=204, headers={"Allow": allow})
        answer = problem(405, "Method not allowed", f"Use {allow}.")
        answer.headers["Allow"] = allow
        return answer

    return wrong_method


def _unknown(rest: str = "") -> Response:
    from shop.api.problems import problem

    return problem(404, "Not found", UNKNOWN)
