"""A list of deliveries: looked at first, then booked wholly or not at all."""

from __future__ import annotations

from flask import Response as FlaskResponse
from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kits import clock
from kits.errors import BadInput
from kits.host import end_reads, session
from kits.spreadsheet import MOST_BYTES
from kits.stock.buying import importing
from kits.stock.buying.delivery_list import KNOWN, MOST_FAULTS, MOST_ROWS, read
from kits.stock.buying.importing import Checked, FaultyList
from kits.stock.ledger import Cause
from kits.stock.moves import receiving
from shop.admin.door import actor
from shop.admin.receiving import lists
from shop.admin.receiving.carried import MOST_SENT, packed, unpacked
from shop.admin.receiving.forms import BookForm
from shop.admin.receiving.receive import new_mark
from shop.doors.forgery import takes
from shop.storefront.forms import Wrong, sentences, taken

TOO_LARGE = (
    f"A list has {MOST_BYTES:,} bytes at most. Go back, split it, and send the parts one after another; "
    "or save it as plain CSV."
)
EXAMPLE = ("SERUM-3M", "LOT-4711", "120", "2028-05-31", "Northern Labs", "")
MOST_TOLD = 100

larger = takes(MOST_SENT, TOO_LARGE)


def ask() -> str:
    """The form; `?booked=` tells of the list that was just booked."""
    key = request.args.get("booked", "")
    done = receiving.booked(session(), f"list:{key}") if key.isprintable() and key else None
    if done is None:
        return _form({})
    rows = lists.of_one_list(session(), done)
    return render_template(
        "shop/admin/receiving/list_booked.html",
        deliveries=len(rows),
        units=sum(movement.quantity for movement, _ in rows),
        rows=rows[:MOST_TOLD],
    )


@larger
def look() -> str | tuple[str, int]:
    """A dry run: what would be booked, and what is wrong. Writes nothing."""
    raw = _sent()
    if not raw.strip():
        return _form({"file": "Choose a file, or paste the list below."}), 422
    checked = importing.examine(session(), raw, clock.today(clock.now()))
    return _preview(checked, raw), 422 if checked.faults else 200


@larger
def book() -> Response | tuple[str, int]:
    """Book the list that was looked at, checked once more; once a form."""
    now = clock.now()
    try:
        form = taken(BookForm, request.form)
        raw, mark = unpacked(form["packed"]), form["submission"] or new_mark()
    except (Wrong, BadInput) as error:
        return _form({"file": next(iter(sentences(error).values()))}), 422
    listed = read(raw, today=clock.today(now))
    try:
        if listed.faults:
            raise FaultyList(listed.faults)
        importing.book_all(listed.rows, Cause(actor(), now, key=f"list:{mark}"))
    except FaultyList:
        end_reads()
        return _preview(importing.examine(session(), raw, clock.today(now)), raw), 422
    return redirect(url_for("refillery_admin.delivery_list", booked=importing.key_of(mark, listed.rows[0])), 303)


def template() -> FlaskResponse:
    """A list to fill in: its header and one row as an example."""
    text = "".join(f"{','.join(cells)}\r\n" for cells in (KNOWN, EXAMPLE))
    named = {"Content-Disposition": 'attachment; filename="deliveries.csv"'}
    return FlaskResponse(text, mimetype="text/csv", headers=named)


def _sent() -> bytes:
    """The file, else what was pasted; no more of it than shows that it is too large."""
    file = request.files.get("file")
    return (file.read(MOST_BYTES + 1) if file else b"") or request.form.get("text", "").encode()


def _form(errors: dict[str, str]) -> str:
    end_reads()
    return render_template(
        "shop/admin/receiving/list.html",
        errors=errors,
        values={"text": request.form.get("text", "")},
        columns=KNOWN,
        most_rows=MOST_ROWS,
    )


def _preview(checked: Checked, raw: bytes) -> str:
    return render_template(
        "shop/admin/receiving/list_preview.html",
        checked=checked,
        faults=checked.faults[: MOST_FAULTS + 1],
        packed="" if checked.faults else packed(raw),
        submission=new_mark(),
    )


ROUTES = (
    ("/receive/list", "delivery_list", ask, ["GET"]),
    ("/receive/list", "look_at_list", look, ["POST"]),
    ("/receive/list/book", "book_list", book, ["POST"]),
    ("/receive/list/template.csv", "list_template", template, ["GET"]),
)
