"""What every blueprint of ours is given when it is made: a limit, CSRF, response headers, one time a request."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response
from flask.sansio.blueprints import Blueprint

from kits import clock
from shop.doors import forgery, headers, limits
from shop.doors.refusals import plain_page

Refusal = Callable[[int, str, str], Response]
"""Makes the answer to a request that is turned away: status, title, what to do now."""


def guard(
    blueprint: Blueprint, *, csrf: bool = True, limit: str | None = "forms", refuse: Refusal = plain_page
) -> None:
    """Guard every view of `blueprint`.

    `limit` names a budget of `shop.doors.limits.BUDGETS`; without one nothing
    is counted. `csrf=False` is for what no browser's cookie signs in to: such
    a blueprint is also taken out of the host's `CSRFProtect`. `refuse` makes
    the answers 400 (CSRF) and 429 (limit).
    """
    blueprint.before_request(clock.look_once)
    blueprint.teardown_request(_over)
    if limit is not None:
        blueprint.before_request(limits.check(limits.BUDGETS[limit], refuse))
    if csrf:
        blueprint.before_request(forgery.check(refuse))
        blueprint.context_processor(forgery.words)
    else:
        blueprint.url_value_preprocessor(forgery.exempt(blueprint))
    blueprint.after_request(headers.add)


def _over(error: BaseException | None) -> None:
    clock.look_again()
