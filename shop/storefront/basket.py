"""The basket's page and what changes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kits import clock
from kits.errors import BadInput, NotFound, SoldOut
from kits.host import aside
from kits.stock.promises import looks
from shop.orders.basket import MOST_A_LINE, Wish, due_today, plan_total, priced_of
from shop.orders.demands import short
from shop.registers import registers
from shop.storefront import front, kept
from shop.storefront.forms import (
    AddForm,
    BoxForm,
    Form,
    LineForm,
    PlanOfLineForm,
    PriceForm,
    Wrong,
    sentences,
    taken,
)
from shop.storefront.in_basket.rows import Row, rows
from shop.storefront.in_basket.unpaid import put_back, unpaid
from shop.storefront.kept import Put
from shop.storefront.kit_parts import choices

FIELDS = {"sessions", "every_weeks", "start", "quantity", "refills"}
Answer = Response | tuple[str, int]


def basket(errors: Mapping[str, str] | None = None, key: str = "") -> str:
    """The basket with its plans and what is due today; `errors` stand at the line with this `key`."""
    now = clock.now()
    found = rows(kept.puts(), now)
    lines = [each.priced for each in found if each.priced]
    wrong = next((each for each in found if errors and each.key == key), None)
    return render_template(
        "shop/basket.html",
        rows=found,
        errors=_at(errors or {}, wrong),
        values=_values(found, wrong),
        wrong=wrong,
        choices=choices,
        today=clock.today(now),
        offers_refills=registers().offers_refills,
        boxes=_boxes(found),
        removed=rows([removed], now)[0] if (removed := kept.removed()) else None,
        unpaid=unpaid(now),
        most=MOST_A_LINE,
        due_today=due_today(lines) if lines else None,
        plan_total=plan_total(lines) if lines else None,
        ready=bool(lines) and all(each.priced and not each.lacking for each in found),
    )


def add() -> Answer:
    """Put a plan into the basket; what cannot be taken comes back on the kit's page."""
    try:
        read = taken(AddForm, request.form)
        _keep(kept.joined(front.wish_from(read["kit"], read)))
    except (Wrong, BadInput) as error:
        return front.kit_page(request.form.get("kit", ""), request.form, sentences(error))
    return _to_basket()


def add_box() -> Answer:
    """Put refill boxes without a plan into the basket; what cannot be taken is said there."""
    try:
        read = taken(BoxForm, request.form)
        _keep(kept.joined(Wish(read["kit"], read["quantity"])))
    except (Wrong, BadInput) as error:
        return basket(sentences(error)), 422
    return _to_basket()


def change() -> Answer:
    """Set a line's quantity."""
    return _change(LineForm, lambda wish, read: replace(wish, quantity=read["quantity"]))


def plan_of_line() -> Answer:
    """Set a line's plan; when it becomes that of another line, the two become one."""
    return _change(PlanOfLineForm, _planned)


def new_price() -> Answer:
    """Today's prices of a line are as its customer has seen them: say no more that they were others."""
    key = request.form.get("line", "")
    try:
        read = taken(PriceForm, request.form)
    except Wrong as error:
        return basket(sentences(error), key), 422
    for row in rows([put for put in kept.puts() if kept.key_of(put.wish) == key], clock.now()):
        line = row.priced
        if line and (read["unit"], read["refill"]) == (line.unit.amount, line.offer.refill_price.amount):
            kept.put(Put(row.wish, read["unit"], read["refill"]))
    return _to_basket()


def remove() -> Response:
    """Take a line out."""
    kept.remove(request.form.get("line", ""))
    return _to_basket()


def undo() -> Response:
    """Put the line that was taken out last back."""
    kept.undo()
    return _to_basket()


def again() -> Answer:
    """Put the lines of this visitor's unpaid order, which was cancelled, back into the basket."""
    try:
        put_back(clock.now())
    except BadInput as error:
        return basket(sentences(error)), 422
    return _to_basket()


def _change(form: type[Form], changed: Callable[[Wish, Mapping[str, Any]], Wish]) -> Answer:
    """Change the line that a form names; one that is not there stays so."""
    key = request.form.get("line", "")
    try:
        read = taken(form, request.form)
        if wish := kept.wish_of(key):
            _keep(kept.joined(changed(wish, read), key), key)
    except (Wrong, BadInput) as error:
        return basket(sentences(error), key), 422
    except SoldOut as error:
        return basket({"quantity": str(error)}, key), 409
    except NotFound:
        pass  # The page says it of this line.
    return _to_basket()


def _planned(wish: Wish, read: Mapping[str, Any]) -> Wish:
    if wish.loose:
        raise BadInput("line", "A box bought alone has no plan.")
    return replace(wish, **{field: read[field] for field in ("sessions", "every_weeks", "start", "refills")})


def _keep(wish: Wish, instead_of: str = "") -> None:
    with aside() as reader:
        found = looks.look(reader, looks.ALONE, [wish.kit])
        [line] = priced_of(found.kits, [wish], found.now)
        if short(reader, [line], found.today, found.shelves):
            raise SoldOut("There is not enough left for that. Choose fewer, or a plan that ends sooner.")
    kept.put(Put(wish, line.unit.amount, line.offer.refill_price.amount), instead_of)


def _at(errors: Mapping[str, str], row: Row | None) -> dict[str, str]:
    """The sentences by the ids of what they stand at."""
    if row is None:
        return {"lines": " ".join(errors.values())} if errors else {}
    return {f"{field if field in FIELDS else 'line'}-{row.place}": sentence for field, sentence in errors.items()}


def _values(found: list[Row], wrong: Row | None) -> dict[str, str]:
    """What all forms are filled in with, the wrong one as it was typed."""
    values = {name: value for row in found for name, value in row.values.items()}
    typed = {f"{name}-{wrong.place}": request.form[name] for name in FIELDS & set(request.form)} if wrong else {}
    return values | typed


def _boxes(found: list[Row]) -> list[Row]:
    """For each kit in the basket that boxes are sold alone for, its first line; none for whose boxes are there."""
    there = {row.wish.kit for row in found if row.wish.loose}
    kits = {row.wish.kit: row for row in reversed(found) if row.offer and row.offer.loose_price}
    return [row for row in found if kits.get(row.wish.kit) is row and row.wish.kit not in there]


def _to_basket() -> Response:
    return redirect(url_for("refillery_storefront.basket"), 303)


ROUTES = (
    ("/basket", "basket", basket, ["GET"]),
    ("/basket", "add", add, ["POST"]),
    ("/basket/box", "add_box", add_box, ["POST"]),
    ("/basket/change", "change", change, ["POST"]),
    ("/basket/plan", "plan_of_line", plan_of_line, ["POST"]),
    ("/basket/price", "new_price", new_price, ["POST"]),
    ("/basket/remove", "remove", remove, ["POST"]),
    ("/basket/undo", "undo", undo, ["POST"]),
    ("/basket/again", "again", again, ["POST"]),
)
