"""`flask kits import FILE`: a list of deliveries from the command line."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import BinaryIO, NoReturn

import click
from flask.cli import with_appcontext

from kits import clock, host
from kits.spreadsheet import MOST_BYTES
from kits.stock.buying.delivery_list import Fault, read
from kits.stock.buying.importing import Checked, FaultyList, book_all, examine, key_of
from kits.stock.ledger import Cause
from kits.stock.moves.receiving import booked

AGAIN = "Nothing was booked: this very file was booked before. Change it if the same goods came again."


@click.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Only say what would be booked.")
@with_appcontext
def import_list(file: BinaryIO, dry_run: bool) -> None:
    """Book the deliveries listed in FILE (CSV; - for standard input), all of them or none.

    Columns: sku, lot, quantity, expires, and if you like supplier and
    purchase_order. The same file is booked once: change it when the same goods
    have come again.
    """
    now, raw = clock.now(), file.read(MOST_BYTES + 1)
    cause = Cause("command", now, key=f"file:{hashlib.sha256(raw).hexdigest()}")
    if not dry_run and _is_booked(raw, cause):
        click.echo(AGAIN)
        return
    checked = examine(host.session(), raw, clock.today(now))
    host.end_reads()
    if checked.faults:
        _refuse(checked.faults)
    _tell(checked)
    said = f"{len(checked.rows):,} deliveries, {checked.units:,} units"
    if dry_run:
        click.echo(f"{said}. Nothing was booked: this was a dry run.")
    else:
        click.echo(f"Booked {said}." if _book(checked, cause) else AGAIN)


def _is_booked(raw: bytes, cause: Cause) -> bool:
    rows = read(raw, today=clock.today(cause.now)).rows
    try:
        return bool(rows and booked(host.session(), key_of(cause.key, rows[0])))
    finally:
        host.end_reads()


def _book(checked: Checked, cause: Cause) -> bool:
    try:
        return book_all(checked.rows, cause)
    except FaultyList as faulty:
        _refuse(faulty.faults)


def _refuse(faults: Iterable[Fault]) -> NoReturn:
    for fault in faults:
        click.echo(f"line {fault.line}, {fault.field}: {fault.sentence}", err=True)
    raise click.ClickException("Nothing was booked. Correct the list, then send it again.")


def _tell(checked: Checked) -> None:
    for preview in checked.previews:
        row = preview.row
        where = "new lot" if preview.on_hand is None else f"lot has {preview.on_hand:,}"
        ordered = f", for {row.purchase_order.upper()}" if row.purchase_order else ""
        click.echo(f"line {row.line}: {row.quantity:,} of {row.sku}, {row.lot} ({where}), until {row.expires}{ordered}")
        for warning in preview.warnings:
            click.echo(f"  mind: {warning}")
