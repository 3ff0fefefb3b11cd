"""`flask kits …`: stock from the command line."""

from __future__ import annotations

from datetime import datetime

import click
from flask.cli import AppGroup

from kits import clock
from kits.errors import RefilleryError
from kits.stock.ledger import Cause
from kits.stock.moves import receiving
from kits.stock.moves.receiving import Delivery

kits = AppGroup("kits", help="Items, lots and stock.")


@kits.command("receive")
@click.argument("sku")
@click.argument("lot")
@click.argument("quantity", type=int)
@click.argument("expires", type=click.DateTime(["%Y-%m-%d"]))
def receive(sku: str, lot: str, quantity: int, expires: datetime) -> None:
    """Book a delivery of QUANTITY units of SKU in batch LOT that lasts until EXPIRES (YYYY-MM-DD)."""
    try:
        received = receiving.receive(Delivery(sku, lot, quantity, expires.date()), Cause("command", clock.now()))
    except RefilleryError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Received {quantity} of {sku}, lot {received.code}: {received.on_hand} on hand.")
