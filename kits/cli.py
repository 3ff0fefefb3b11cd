"""`flask kits …`: stock from the command line."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

import click
from flask.cli import AppGroup

from kits import clock
from kits.errors import RefilleryError
from kits.host import session
from kits.settings import timezone
from kits.stock.buying.command import import_list
from kits.stock.ledger import Cause
from kits.stock.moves import receiving
from kits.stock.moves.receiving import Delivery
from kits.stock.proof import Proof, prove

kits = AppGroup("kits", help="Items, lots and stock.")
kits.add_command(import_list)


@kits.command("receive")
@click.argument("sku")
@click.argument("lot")
@click.argument("quantity", type=int)
@click.argument("expires", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--supplier", default="", help="Who delivered it.")
@click.option("--purchase-order", default="", metavar="NUMBER", help="The order of ours that it comes for.")
def receive(sku: str, lot: str, quantity: int, expires: datetime, supplier: str, purchase_order: str) -> None:
    """Book a delivery of QUANTITY units of SKU in batch LOT that lasts until EXPIRES (YYYY-MM-DD)."""
    delivery = Delivery(sku, lot, quantity, expires.date(), supplier, purchase_order)
    try:
        received = receiving.receive(delivery, Cause("command", clock.now()))
    except RefilleryError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Received {quantity} of {sku}, lot {received.code}: {received.on_hand} on hand.")


@kits.command("audit")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of sentences.")
def audit(as_json: bool) -> None:
    """Prove that every balance is what the ledger adds up to: exit code 0, or 1 where one is not."""
    proof = prove(session(), clock.now())
    click.echo(json.dumps(_document(proof)) if as_json else "\n".join(_sentences(proof)))
    raise SystemExit(0 if proof.agrees else 1)


def _document(proof: Proof) -> dict[str, object]:
    rows = [{**asdict(each), "difference": each.balance - each.ledger} for each in proof.disagreements]
    return {
        "agrees": proof.agrees,
        "checked_at": proof.at.isoformat(),
        "lots": proof.lots,
        "movements": proof.movements,
        "disagreements": rows,
    }


def _sentences(proof: Proof) -> list[str]:
    checked = f"checked {proof.at.astimezone(timezone()):%Y-%m-%d %H:%M}"
    if proof.agrees:
        return [f"All {proof.lots} lots agree with {proof.movements} movements, {checked}."]
    wrong = len(proof.disagreements)
    return [
        *(
            f"{each.sku}, lot {each.code}: {each.which} is {each.balance}, the ledger adds up to {each.ledger} "
            f"({each.balance - each.ledger:+})."
            for each in proof.disagreements
        ),
        f"{f'{wrong} balances disagree' if wrong > 1 else 'One balance disagrees'}; "
        f"{proof.lots} lots and {proof.movements} movements, {checked}.",
    ]
