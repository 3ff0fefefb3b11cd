"""The ledger's page, and the same as a table for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Flask, Response, current_app, render_template, request, url_for

from kits import clock
from kits.host import session
from kits.settings import timezone
from shop.admin.stock import lists
from shop.admin.stock.forms import LedgerForm
from shop.admin.stock.ledger import movements
from shop.admin.stock.ledger.csv_lines import line
from shop.admin.stock.ledger.movements import Found, Wanted
from shop.admin.stock.ledger.words import KINDS, everyone, what, who
from shop.storefront.forms import Wrong, taken

A_BATCH = 1000
HEADER = ("movement", "at", "what", "item", "lot", "on hand", "set aside", "in quarantine", "who", "reason", "note",
          "order")  # fmt: skip


def ledger() -> str | tuple[str, int]:
    """Movements, the newest first; `?item=`, `?kind=` … pick some, `?before=` goes on."""
    try:
        return _page(_wanted(), {})
    except Wrong as error:
        return _page(None, error.errors), 422


def ledger_csv() -> Response | tuple[str, int]:
    """All movements that the same words pick, as CSV."""
    try:
        wanted = _wanted()
    except Wrong as error:
        return _page(None, error.errors), 422
    named = f'attachment; filename="ledger-{clock.today(clock.now())}.csv"'
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    return Response(_lines(app, wanted), mimetype="text/csv", headers={"Content-Disposition": named})


def shown(found: Sequence[Found], size: int = 0) -> dict[str, Any]:
    """What the table of movements needs: a page of them in words, and where the next one starts."""
    rows = found[: size or movements.A_PAGE]
    names = who(session(), (movement.actor for movement, _, _ in rows))
    return {
        "movements": [(movement, what(movement), names[movement.actor], sku, code) for movement, sku, code in rows],
        "next_movement": rows[-1][0].id if len(found) > len(rows) else None,
    }


def _wanted() -> Wanted:
    given = {name: value.strip() for name, value in request.args.items() if value.strip()}
    return Wanted(**taken(LedgerForm, given))


def _page(wanted: Wanted | None, errors: dict[str, str]) -> str:
    before = lists.mark(request.args.get("before", ""))
    found = movements.page(session(), wanted, before=before) if wanted else []
    asked = LedgerForm().fields
    picked: dict[str, Any] = {name: value for name, value in request.args.items() if value.strip() and name in asked}
    return render_template(
        "shop/admin/stock/ledger.html",
        **shown(found),
        values=request.args,
        errors=errors,
        picked=picked,
        before=before,
        items=[("", "All"), *lists.items(session())],
        kinds=[("", "All"), *KINDS.items()],
        actors=[("", "Anyone"), *everyone(session())],
        as_csv=url_for("refillery_admin.stock_ledger_csv", **picked),
    )


def _lines(app: Flask, wanted: Wanted) -> Iterator[str]:
    """The table in pieces. Each is read in a context of its own: nothing stays open while a slow reader takes it."""
    yield line(HEADER)
    before, more = None, True
    while more:
        with app.app_context():
            rows = movements.page(session(), wanted, before=before, size=A_BATCH)
            piece = "".join(map(_line, rows[:A_BATCH]))
        yield piece
        more = len(rows) > A_BATCH
        before = rows[A_BATCH - 1][0].id if more else None


def _line(found: Found) -> str:
    movement, sku, code = found
    at = movement.at.astimezone(timezone()).strftime("%Y-%m-%d %H:%M:%S")
    changes = (movement.quantity, movement.allocated, movement.quarantined)
    why = (movement.actor, movement.reason, movement.note, movement.order_number)
    return line((movement.id, at, what(movement), sku, code, *changes, *why))


ROUTES = (
    ("/stock/ledger", "stock_ledger", ledger, ["GET"]),
    ("/stock/ledger.csv", "stock_ledger_csv", ledger_csv, ["GET"]),
)
