"""The basket's page and what changes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kits import clock
from kits.catalogue.plan_line import PlanLine, plan_line
from kits.errors import BadInput, NotFound, SoldOut
from kits.host import aside
from shop.orders.basket import MOST_A_LINE, PricedLine, Wish, due_today, plan_total, priced
from shop.orders.demands import short
from shop.storefront import front, kept
from shop.storefront.forms import AddForm, LineForm, Wrong, sentences, taken


@dataclass(frozen=True)
class Row:
    """A line of the basket as it stands today: priced and drawn, or with the sentence that says why not."""

    key: str
    wish: Wish
    priced: PricedLine | None = None
    line: PlanLine | None = None
    problem: str = ""


def basket(errors: dict[str, str] | None = None) -> str:
    """The basket with its plans and what is due today."""
    now = clock.now()
    rows = [row(wish, now) for wish in kept.wishes()]
    lines = [each.priced for each in rows if each.priced]
    return render_template(
        "shop/basket.html",
        rows=rows,
        errors=errors or {},
        most=MOST_A_LINE,
        due_today=due_today(lines) if lines else None,
        plan_total=plan_total(lines) if lines else None,
        ready=bool(lines) and len(lines) == len(rows),
        enough=enough(lines, now),
    )


def row(wish: Wish, now: datetime) -> Row:
    """The wish as a line of the basket; a start that has passed, or a kit no longer sold, is said in words."""
    try:
        with aside() as look:
            found = priced(look, [wish], now)[0]
    except (BadInput, NotFound) as error:
        return Row(kept.key_of(wish), wish, problem=str(error))
    return Row(kept.key_of(wish), wish, found, plan_line(found.plan))


def enough(lines: Sequence[PricedLine], now: datetime) -> bool:
    """True when stock can meet the whole basket now; the order itself counts again under a lock."""
    with aside() as look:
        return not short(look, lines, clock.today(now))


def add() -> Response | tuple[str, int]:
    """Put a plan into the basket; what cannot be taken comes back on the kit's page."""
    try:
        read = taken(AddForm, request.form)
        _keep(kept.joined(front.wish_from(read["kit"], read)))
    except (Wrong, BadInput) as error:
        return front.kit_page(request.form.get("kit", ""), request.form, sentences(error))
    return _to_basket()


def change() -> Response | tuple[str, int]:
    """Set a line's quantity."""
    try:
        read = taken(LineForm, request.form)
        for wish in kept.wishes():
            if kept.key_of(wish) == read["line"]:
                _keep(replace(wish, quantity=read["quantity"]))
    except (Wrong, BadInput) as error:
        return basket(sentences(error)), 422
    return _to_basket()


def remove() -> Response:
    """Take a line out."""
    kept.remove(request.form.get("line", ""))
    return _to_basket()


def _keep(wish: Wish) -> None:
    now = clock.now()
    with aside() as look:
        line = priced(look, [wish], now)[0]
    if not enough([line], now):
        raise SoldOut("There is not enough left of this kit for the plan you chose.")
    kept.put(wish)


def _to_basket() -> Response:
    return redirect(url_for("refillery_storefront.basket"), 303)


ROUTES = (
    ("/basket", "basket", basket, ["GET"]),
    ("/basket", "add", add, ["POST"]),
    ("/basket/change", "change", change, ["POST"]),
    ("/basket/remove", "remove", remove, ["POST"]),
)
