"""`flask refills …`: billing and the forecast from the command line."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click
from flask.cli import AppGroup
from sqlalchemy import select

from kits import clock, host
from shop.cli import move_clock
from shop.registers import registers
from shop.work import duties
from subscriptions.duties import REFILL_DUTIES, charge_due
from subscriptions.forecast.keeping import forecast_all
from subscriptions.forecast.telling import plain, table
from subscriptions.tables import PAID, SHIPPED, Refill

refills = AppGroup("refills", help="Refills: bill what is due, look ahead.")


@refills.command("bill")
@click.option("--as-of", help="Move the sandbox's clock forward to this ISO time first.")
@click.option("--dry-run", is_flag=True, help="Only say what would be charged now.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def bill(as_of: str | None, dry_run: bool, as_json: bool) -> None:
    """Charge the refills that are due."""
    move_clock(as_of)
    due = _due()
    if not dry_run:
        known = {duty.name for duty in REFILL_DUTIES}
        duties.run_once([duty for duty in registers().duties if duty.name in known])
        due = _outcome([row["id"] for row in due])
    if as_json:
        click.echo(json.dumps({"dry_run": dry_run, "refills": due}))
        return
    for row in due:
        click.echo("{order} refill {refill}: {amount} on card {card}, {state}".format(**row))
    paid = sum(row["state"] in (PAID, SHIPPED) for row in due)
    click.echo(f"{len(due)} due, nothing was charged." if dry_run else f"{len(due)} due, {paid} paid.")


@refills.command("forecast")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def show_forecast(as_json: bool) -> None:
    """What is left of each item, when it runs out and what to order by when, reckoned anew."""
    found = forecast_all(host.session(), clock.now())
    told = json.dumps({"items": [plain(*each) for each in found]}) if as_json else "\n".join(table(found))
    host.end_reads()
    click.echo(told)


def _due() -> list[dict[str, object]]:
    found = host.session().scalars(select(Refill.id).where(charge_due(clock.now())).order_by(Refill.id)).all()
    host.end_reads()
    return _outcome(list(found))


def _outcome(ids: Sequence[object]) -> list[dict[str, object]]:
    rows = host.session().scalars(select(Refill).where(Refill.id.in_(ids)).order_by(Refill.id)).all()
    told: list[dict[str, object]] = [
        {
            "id": row.id,
            "order": row.subscription.order.number,
            "refill": row.number,
            "amount": str(row.price),
            "card": row.subscription.card_last4 or "none",
            "needed_on": row.needed_on.isoformat(),
            "charge_on": row.charge_on.isoformat(),
            "state": row.state,
        }
        for row in rows
    ]
    host.end_reads()
    return told
