"""The form of a purchase order: as many lines as are needed, also without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kits import clock
from kits.errors import BadInput
from kits.host import end_reads, session
from kits.stock.buying.placing import MOST_LINES, NewLine, NewOrder, place
from kits.stock.ledger import Cause
from shop.admin.door import actor
from shop.admin.receiving import lists
from shop.admin.receiving.forms import OrderForm, OrderLineForm
from shop.admin.receiving.receive import new_mark
from shop.storefront.forms import Wrong, sentences, taken

EMPTY_LINES = 5
FIELDS = ("sku", "quantity", "expected")


@dataclass(frozen=True)
class Typed:
    """What was typed: `lines` are the rows that are not blank, one after the other."""

    values: dict[str, str]
    lines: list[dict[str, str]]

    @property
    def by_field(self) -> dict[str, str]:
        """All of it by field, the rows numbered anew: `sku-1`, `quantity-1`, `expected-1`, …"""
        rows = {f"{name}-{n}": line[name] for n, line in enumerate(self.lines, start=1) for name in FIELDS}
        return {**self.values, **rows}


def new() -> str:
    """The form; `?sku=&quantity=&expected=&supplier=` fill in its first line and the supplier."""
    asked = {name: request.args.get(name, "").strip() for name in (*FIELDS, "supplier")}
    supplier = asked.pop("supplier") or lists.supplier_of(session(), asked["sku"])
    return _page(Typed({"supplier": supplier}, [asked] if any(asked.values()) else []), {}, EMPTY_LINES)


def post() -> Response | tuple[str, int] | str:
    """Place the order, or show the form with more lines."""
    typed = _typed(request.form)
    if "more" in request.form:
        return _page(typed, {}, len(typed.lines) + EMPTY_LINES)
    try:
        order, mark = _read(typed)
        number = place(order, Cause(actor(), clock.now(), key=f"order:{mark}"))
    except (Wrong, BadInput) as error:
        end_reads()
        return _page(typed, sentences(error), max(len(typed.lines) + 1, EMPTY_LINES)), 422
    return redirect(url_for("refillery_admin.purchase_order", number=number), 303)


def _typed(form: Mapping[str, str]) -> Typed:
    rows = [{name: form.get(f"{name}-{n}", "").strip() for name in FIELDS} for n in range(1, MOST_LINES + 1)]
    return Typed({name: form.get(name, "") for name in OrderForm().fields}, [row for row in rows if any(row.values())])


def _read(typed: Typed) -> tuple[NewOrder, str]:
    """The order and its form's mark; raises Wrong with a sentence for each field that does not fit."""
    errors: dict[str, str] = {}
    lines = []
    for n, row in enumerate(typed.lines, start=1):
        try:
            read = taken(OrderLineForm, row)
            lines.append(NewLine(read["sku"], read["quantity"], read["expected"]))
        except Wrong as wrong:
            errors |= {f"{name}-{n}": sentence for name, sentence in wrong.errors.items()}
    head = taken(OrderForm, typed.values)
    if errors:
        raise Wrong(errors)
    return NewOrder(head["supplier"], lines, head["number"], head["note"]), head["submission"] or new_mark()


def _page(typed: Typed, errors: dict[str, str], rows: int) -> str:
    return render_template(
        "shop/admin/receiving/new_order.html",
        items=[("", "Nothing"), *lists.items(session(), retired=False)],
        values=typed.by_field,
        errors=errors,
        rows=range(1, min(rows, MOST_LINES) + 1),
        full=len(typed.lines) + EMPTY_LINES > MOST_LINES,
        submission=typed.values.get("submission") or new_mark(),
    )


ROUTES = (
    ("/purchase-orders/new", "new_purchase_order", new, ["GET"]),
    ("/purchase-orders/new", "place_purchase_order", post, ["POST"]),
)
