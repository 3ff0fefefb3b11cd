"""`flask refills …`: billing and the forecast from the command line."""

from __future__ import annotations

import io
import json
import sys
import threading
from collections.abc import Sequence

import click
from flask.cli import AppGroup
from sqlalchemy import select

from kits import clock, host
from shop.cli import move_clock
from shop.environment.standing import OtherEnvironment
from shop.registers import registers
from shop.work import duties
from shop.work.running.stopping import stopped_by_signals
from subscriptions.billing import intentions
from subscriptions.duties import BILLING_DUTY, REFILL_DUTIES, charge_due
from subscriptions.forecast.keeping import forecast_all
from subscriptions.forecast.telling import plain, table
from subscriptions.tables import PAID, SHIPPED, Refill

refills = AppGroup("refills", help="Refills: bill what is due, look ahead.")


@refills.command("bill")
@click.option("--as-of", help="Move the sandbox's clock forward to this ISO time first.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done now, and why.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def bill(as_of: str | None, dry_run: bool, as_json: bool) -> None:
    """Charge the refills that are due."""
    move_clock(as_of)
    due = _due()
    if dry_run:
        _say_what_would_be_done(due, as_json)
        return
    try:
        _charge(len(due), shown=not as_json and is_watched())
    except OtherEnvironment as error:
        raise click.ClickException(str(error)) from error
    rows = _outcome(due)
    if as_json:
        click.echo(json.dumps({"dry_run": False, "refills": rows}))
        return
    paid = sum(row["state"] in (PAID, SHIPPED) for row in rows)
    click.echo(f"{len(rows)} due, {paid} paid.")


def is_watched() -> bool:
    """True when a person reads along on a terminal."""
    return sys.stdout.isatty()


def _charge(number: int, *, shown: bool) -> None:
    """Work the duties of refills until nothing is due; `shown` as a bar that grows with each refill."""
    known = {duty.name for duty in REFILL_DUTIES}
    mine = [duty for duty in registers().duties if duty.name in known]
    # A bar that is not shown is written to nothing: it would say a line of its own.
    output = None if shown else io.StringIO()
    with stopped_by_signals() as stop, click.progressbar(length=number, label="Charging", file=output) as bar:
        one_at_a_time = threading.Lock()

        def worked(duty: duties.Duty, row_id: int, done: bool) -> None:
            if duty.name == BILLING_DUTY.name and done:
                with one_at_a_time:
                    bar.update(1)

        duties.run_once(mine, threads=duties.in_flight(), stop=stop, told=worked)


def _say_what_would_be_done(due: Sequence[int], as_json: bool) -> None:
    session, now = host.session(), clock.now()
    soon, later = intentions.of_due(session, due, now), intentions.of_waiting(session, due, now)
    told = [[{**_told(each.refill), "would": each.would, "why": each.why} for each in some] for some in (soon, later)]
    host.end_reads()
    if as_json:
        click.echo(json.dumps({"dry_run": True, "refills": told[0], "waiting": told[1]}))
        return
    for row in (*told[0], *told[1]):
        click.echo("{order} refill {refill}: {amount} on card {card}: {would}, {why}".format(**row))
    click.echo(f"{len(soon)} due, {len(later)} waiting, nothing was charged.")


@refills.command("forecast")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def show_forecast(as_json: bool) -> None:
    """What is left of each item, when it runs out and what to order by when, reckoned anew."""
    found = forecast_all(host.session(), clock.now())
    told = json.dumps({"items": [plain(*each) for each in found]}) if as_json else "\n".join(table(found))
    host.end_reads()
    click.echo(told)


def _due() -> list[int]:
    found = host.session().scalars(select(Refill.id).where(charge_due(clock.now())).order_by(Refill.id)).all()
    host.end_reads()
    return list(found)


def _outcome(ids: Sequence[int]) -> list[dict[str, object]]:
    rows = host.session().scalars(select(Refill).where(Refill.id.in_(ids)).order_by(Refill.id)).all()
    told = [_told(row) for row in rows]
    host.end_reads()
    return told


def _told(row: Refill) -> dict[str, object]:
    return {
        "id": row.id,
        "order": row.subscription.order.number,
        "refill": row.number,
        "amount": str(row.price),
        "card": row.subscription.card_last4 or "none",
        "needed_on": row.needed_on.isoformat(),
        "charge_on": row.charge_on.isoformat(),
        "state": row.state,
    }
