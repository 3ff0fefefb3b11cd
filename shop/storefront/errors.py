"""Our errors as pages, on blueprints of ours only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, render_template

from kits.errors import BadInput, Busy, NotFound, RefilleryError, SoldOut, WrongState
from kits.host import end_reads
from shop.doors.paths import only_possible
from shop.payments.gateway.contract import GatewayError
from shop.storefront.forms import Wrong

PAGES: dict[type[RefilleryError], tuple[int, str]] = {
    NotFound: (404, "We cannot find this"),
    SoldOut: (409, "Sold out"),
    WrongState: (409, "This has changed meanwhile"),
    Busy: (503, "One moment, please"),
    GatewayError: (503, "The payment page does not answer"),
    BadInput: (422, "This needs a change"),
    Wrong: (422, "This needs a change"),
}


def answer(blueprint: Blueprint, template: str = "shop/problem.html") -> None:
    """Let `blueprint` answer our errors with `template`, and addresses no row can have with a 404."""
    for kind in PAGES:
        blueprint.register_error_handler(kind, _handler(template))
    blueprint.url_value_preprocessor(only_possible)


def refusal(template: str = "shop/problem.html") -> Callable[[int, str, str], Response]:
    """What a request that is turned away at the door is answered with: one of our pages."""

    def turned_away(status: int, title: str, text: str) -> Response:
        return Response(render_template(template, problem=text, status=status, problem_title=title), status)

    return turned_away


def _handler(template: str) -> Any:
    def problem(error: RefilleryError) -> tuple[str, int]:
        end_reads()
        status, title = next(page for kind, page in PAGES.items() if isinstance(error, kind))
        return render_template(template, problem=error, status=status, problem_title=title), status

    return problem
