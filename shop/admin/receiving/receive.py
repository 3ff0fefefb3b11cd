"""Booking what arrives."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kits import clock
from kits.errors import BadInput, NotFound, WrongState
from kits.host import end_reads, session
from kits.stock.ledger import Cause
from kits.stock.moves import receiving
from kits.stock.moves.receiving import Delivery
from kits.stock.tables import Lot, StockMovement
from shop.admin.door import actor
from shop.admin.receiving import lists
from shop.admin.receiving.forms import DeliveryForm
from shop.storefront.forms import Wrong, sentences, taken


def receive() -> str:
    """The form, filled in for `?sku=` or `?purchase_line=`; `?booked=` tells of the delivery that was just booked."""
    done = receiving.booked(session(), _key(request.args.get("booked", "")))
    return _confirmation(done) if done else _page(_prefilled(request.args), {})


def book() -> Response | tuple[str, int]:
    """Book a delivery, once a form."""
    try:
        read = taken(DeliveryForm, {name: value for name, value in request.form.items() if value})
        mark = read["submission"] or new_mark()
        receiving.receive(_delivery(read), Cause(actor(), clock.now(), key=_key(mark)))
    except (Wrong, BadInput) as error:
        return _refused(sentences(error)), 422
    except NotFound as error:
        return _refused({"sku": str(error)}), 422
    except WrongState as error:
        return _refused({"lot": str(error)}, {"submission": new_mark()}), 409
    return redirect(url_for("refillery_admin.receive", booked=mark, line=read["purchase_line"]), 303)


def new_mark() -> str:
    """The mark of a form that is shown for the first time."""
    return secrets.token_urlsafe(24)


def a_line(given: str | None) -> int | None:
    """The id of a line as an address or a form names it; None for whatever is none."""
    return int(given) if given and given.isdecimal() and len(given) < 10 else None


def _key(mark: str) -> str | None:
    return f"receive:{mark}" if mark and mark.isprintable() else None


def _delivery(read: Mapping[str, Any]) -> Delivery:
    return Delivery(
        read["sku"],
        read["lot"],
        read["quantity"],
        read["expires"],
        supplier=read["supplier"],
        purchase_line=read["purchase_line"],
    )


def _prefilled(asked: Mapping[str, str]) -> dict[str, Any]:
    line = lists.line(session(), a_line(asked.get("purchase_line")))
    if line is not None:
        wanted = {"sku": line.item.sku, "quantity": line.outstanding or "", "supplier": line.order.supplier}
        return {**wanted, "purchase_line": line.id}
    sku = asked.get("sku", "")
    return {"sku": sku, "supplier": lists.supplier_of(session(), sku), "purchase_line": ""}


def _refused(errors: dict[str, str], changed: Mapping[str, str] | None = None) -> str:
    end_reads()
    return _page({**request.form, **(changed or {})}, errors)


def _page(values: Mapping[str, Any], errors: dict[str, str]) -> str:
    return render_template(
        "shop/admin/receiving/receive.html",
        items=lists.items(session()),
        orders=[("", "None"), *lists.waiting_lines(session())],
        values={"purchase_line": "", **values},
        errors=errors,
        submission=values.get("submission") or new_mark(),
    )


def _confirmation(done: StockMovement) -> str:
    lot = session().get_one(Lot, done.lot_id)
    line = lists.line(session(), a_line(request.args.get("line")))
    ours = line is not None and line.item_id == lot.item_id and line.order.number in done.note
    return render_template(
        "shop/admin/receiving/received.html",
        quantity=done.quantity,
        lot=lot,
        on_hand=lists.on_hand(session(), lot.item_id, clock.today(clock.now())),
        line=line if ours else None,
    )


ROUTES = (
    ("/receive", "receive", receive, ["GET"]),
    ("/receive", "book", book, ["POST"]),
)
