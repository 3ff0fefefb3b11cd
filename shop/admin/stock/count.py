"""Stock-take: the shelf is counted lot by lot without a look at the books, and what differs is posted."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kits import clock
from kits.errors import BadInput, SoldOut, WrongState
from kits.host import end_reads, session
from kits.stock.ledger import Cause
from kits.stock.moves import stock_take
from kits.stock.moves.stock_take import Counted, Miscounted, Moved
from kits.stock.tables import Lot
from shop.admin.door import actor
from shop.admin.stock import lists
from shop.admin.stock.forms import count_form
from shop.storefront.forms import Wrong, sentences, taken

FIELD = re.compile(r"lot-(\d{1,15})")
NOTHING = "Count one lot at least. Lots that you leave empty are left alone."


def count() -> str:
    """The lots to count, of one item or of all."""
    sku = request.args.get("item", "")
    if sku and sku not in dict(lists.items(session())):
        return _page([], request.args, {"item": "Choose the item to count, or all."})
    return _page(lists.to_count(session(), sku), {"item": sku, "show": request.args.get("show", "")}, {})


def post_count() -> Response | tuple[str, int]:
    """Post the differences of all lots that were counted, or none."""
    lot_ids = _asked()
    try:
        read = _read(lot_ids)
        counts = [
            Counted(lot_id, read[f"expected-{lot_id}"], units)
            for lot_id in lot_ids
            if (units := read.get(f"lot-{lot_id}")) is not None
        ]
        if not counts:
            raise BadInput("counts", NOTHING)
        stock_take.take(counts, Cause(actor(), clock.now(), read["reason"].strip(), key=_key(read["submission"])))
    except Moved as error:
        return _refused(lot_ids, {f"lot-{lot}": _again(units) for lot, units in error.now.items()}, error.now), 409
    except (WrongState, SoldOut) as error:
        return _refused(lot_ids, {"counts": str(error)}, {}), 409
    except (Wrong, BadInput) as error:
        return _refused(lot_ids, error.errors if isinstance(error, Miscounted) else sentences(error), {}), 422
    where = {"submission": read["submission"], "lots": len(counts)}
    return redirect(url_for("refillery_admin.stock_counted", **where), 303)


def counted() -> str:
    """The differences that a stock-take posted."""
    mark = request.args.get("submission", "")
    posted = stock_take.posted(session(), _key(mark)) if mark.isprintable() else []
    lots = {each.id: each for each in lists.these(session(), [movement.lot_id for movement in posted])}
    return render_template(
        "shop/admin/stock/counted.html",
        rows=[(movement, lots[movement.lot_id]) for movement in posted],
        lots=lists.mark(request.args.get("lots", "")),
    )


def _asked() -> list[int]:
    """The ids of the lots that the form shows."""
    named = (FIELD.fullmatch(name) for name in request.form)
    return list(dict.fromkeys(int(found.group(1)) for found in named if found))[: lists.MOST_COUNTED]


def _read(lot_ids: Sequence[int]) -> dict[str, Any]:
    return taken(count_form(lot_ids), {name: value for name, value in request.form.items() if value.strip()})


def _key(mark: str) -> str:
    return f"count:{mark[:64]}"


def _again(units: int) -> str:
    return f"This lot has moved since you began: the books say {units} now. Count it again."


def _refused(lot_ids: Sequence[int], errors: dict[str, str], now: Mapping[int, int]) -> str:
    """The same form with all that was typed, but for lots that moved: those are to be counted again."""
    end_reads()
    typed = {name: value for name, value in request.form.items() if name not in {f"lot-{lot_id}" for lot_id in now}}
    typed.update({f"expected-{lot_id}": str(units) for lot_id, units in now.items()})
    return _page(lists.these(session(), lot_ids), typed, errors)


def _page(lots: Sequence[Lot], values: Mapping[str, str], errors: dict[str, str]) -> str:
    return render_template(
        "shop/admin/stock/count.html",
        lots=lots[: lists.MOST_COUNTED],
        more=len(lots) > lists.MOST_COUNTED,
        items=[("", "All"), *lists.items(session())],
        values=values,
        errors=errors,
        submission=values.get("submission") or secrets.token_urlsafe(24),
    )


ROUTES = (
    ("/stock/count", "stock_count", count, ["GET"]),
    ("/stock/count", "stock_count_post", post_count, ["POST"]),
    ("/stock/counted", "stock_counted", counted, ["GET"]),
)
