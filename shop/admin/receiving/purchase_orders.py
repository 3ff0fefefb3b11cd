"""Purchase orders: what is still to come, and one order with all that can be done to it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kits import clock
from kits.errors import BadInput, NotFound, WrongState
from kits.host import end_reads, session
from kits.stock.buying import purchase_orders
from kits.stock.buying.purchase_orders import order_by_number, when
from kits.stock.ledger import Cause
from shop.admin.door import actor
from shop.admin.receiving import lists
from shop.admin.receiving.forms import ChangeLineForm
from shop.admin.receiving.receive import a_line
from shop.storefront.forms import Wrong, sentences, taken

LARGEST_ID = 2**53


def orders() -> str:
    """The open orders, the first to come first, then the closed ones; `?before=` goes on in those."""
    found = lists.closed_orders(session(), before=a_line(request.args.get("before")))
    closed = found[: lists.A_PAGE]
    return render_template(
        "shop/admin/receiving/purchase_orders.html",
        open_orders=[(order, lists.next_day(order)) for order in lists.open_orders(session())],
        closed=closed,
        more=closed[-1].id if len(found) > len(closed) else None,
        today=clock.today(clock.now()),
        when=when,
    )


def order(number: str) -> str:
    """One order, its lines and what has come of them."""
    return _page(number, {}, {})


def change(number: str, line_id: int) -> Response | tuple[str, int]:
    """Expect another quantity of a line, or on another day."""
    _line_of(number, line_id)
    try:
        read = taken(
            ChangeLineForm, {name: request.form.get(f"{name}-{line_id}", "") for name in ChangeLineForm().fields}
        )
        purchase_orders.change_line(line_id, read["quantity"], read["expected"], _cause())
    except (Wrong, BadInput) as error:
        errors = {f"{name}-{line_id}": sentence for name, sentence in sentences(error).items()}
        return _refused(number, errors), 422
    except WrongState as error:
        return _refused(number, {"order": str(error)}), 409
    return _back(number)


def close(number: str) -> Response:
    """Nothing more is expected of the order."""
    purchase_orders.close(number, _cause())
    return _back(number)


def reopen(number: str) -> Response:
    """What is outstanding is expected again."""
    purchase_orders.reopen(number, _cause())
    return _back(number)


def _cause() -> Cause:
    return Cause(actor(), clock.now())


def _line_of(number: str, line_id: int) -> None:
    """Raises NotFound unless the order has this line."""
    found = order_by_number(session(), number)
    if line_id not in {line.id for line in found.lines}:
        raise NotFound("There is no such line in this order.")
    end_reads()


def _back(number: str) -> Response:
    return redirect(url_for("refillery_admin.purchase_order", number=number), 303)


def _refused(number: str, errors: dict[str, str]) -> str:
    end_reads()
    return _page(number, request.form, errors)


def _page(number: str, values: Mapping[str, str], errors: dict[str, str]) -> str:
    return render_template(
        "shop/admin/receiving/purchase_order.html",
        order=order_by_number(session(), number),
        today=clock.today(clock.now()),
        values=values,
        errors=errors,
        when=when,
    )


LINE = f"/purchase-orders/<number>/lines/<int(max={LARGEST_ID}):line_id>"
ROUTES = (
    ("/purchase-orders", "purchase_orders", orders, ["GET"]),
    ("/purchase-orders/<number>", "purchase_order", order, ["GET"]),
    (LINE, "change_purchase_line", change, ["POST"]),
    ("/purchase-orders/<number>/close", "close_purchase_order", close, ["POST"]),
    ("/purchase-orders/<number>/reopen", "reopen_purchase_order", reopen, ["POST"]),
)
