"""The calls of the API, in one list: routes and the OpenAPI description are both made from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema

from shop.api import catalogue, ordering
from shop.api.schemas.answered import Kits, Notice, Order, OrderPlaced, PlanAnswer
from shop.api.schemas.asked import NoticeQuery, OrderRequest, PlanQuery


@dataclass(frozen=True)
class Call:
    """One method at one path; `problems` are the statuses of the errors it may answer beside 405 and 429."""

    method: str
    rule: str
    view: Callable[..., Any]
    answer: type[Schema]
    status: int = 200
    query: type[Schema] | None = None
    body: type[Schema] | None = None
    problems: tuple[int, ...] = ()


CALLS = (
    Call("GET", "/kits", catalogue.kits, Kits),
    Call("GET", "/kits/<slug>/plan", catalogue.plan, PlanAnswer, query=PlanQuery, problems=(404, 422)),
    Call("GET", "/notice", catalogue.notice, Notice, query=NoticeQuery, problems=(404, 422)),
    Call(
        "POST",
        "/orders",
        ordering.place_order,
        OrderPlaced,
        status=201,
        body=OrderRequest,
        problems=(404, 409, 413, 422, 503),
    ),
    Call("GET", "/orders/<token>", ordering.order, Order, problems=(404,)),
)
