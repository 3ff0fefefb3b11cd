"""One item: its figures, how it is ordered, its lots, its last movements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kits import clock
from kits.catalogue import ordering
from kits.catalogue.kits import item_by_sku
from kits.catalogue.ordering import Ordering
from kits.errors import BadInput
from kits.host import end_reads, session
from kits.stock.figures import figures
from shop.admin.door import actor
from shop.admin.stock.forms import OrderingForm
from shop.admin.stock.ledger import movements
from shop.admin.stock.ledger.movements import Wanted
from shop.admin.stock.ledger.pages import shown
from shop.admin.stock.shelf import shown_lots
from shop.storefront.forms import Wrong, sentences, taken

LAST = 10


def item(sku: str) -> str:
    """The item; after a change of its ordering figures it says so."""
    return _page(sku, None, {})


def change_ordering(sku: str) -> Response | tuple[str, int]:
    """Give the item other ordering figures."""
    try:
        read = taken(OrderingForm, request.form)
        changed = ordering.change(
            sku, Ordering(**{**read, "supplier": read["supplier"].strip()}), actor=actor(), now=clock.now()
        )
    except (Wrong, BadInput) as error:
        end_reads()
        return _page(sku, request.form, sentences(error)), 422
    return redirect(url_for("refillery_admin.stock_item", sku=sku, saved="yes" if changed else "same"), 303)


def _page(sku: str, typed: Mapping[str, Any] | None, errors: dict[str, str]) -> str:
    current = session()
    found = item_by_sku(current, sku)
    last = movements.page(current, Wanted(item=sku), size=LAST)
    return render_template(
        "shop/admin/stock/item.html",
        row=figures(current, clock.today(clock.now()), [found])[0],
        values=asdict(ordering.ordering_of(found)) if typed is None else typed,
        errors=errors,
        saved=request.args.get("saved", ""),
        **shown_lots(found.id),
        **shown(last, LAST),
    )


ROUTES = (
    ("/stock/items/<sku>", "stock_item", item, ["GET"]),
    ("/stock/items/<sku>", "stock_item_ordering", change_ordering, ["POST"]),
)
