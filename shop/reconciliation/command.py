"""`flask shop reconcile`: compare what Stripe says with what we say, now."""

from __future__ import annotations

import dataclasses
import io
import json
import sys
from datetime import datetime

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from kits import clock
from kits.dates import written
from kits.errors import RefilleryError
from kits.host import end_reads, session
from kits.settings import timezone
from shop.reconciliation import passing, running, telling
from shop.reconciliation.running import Outcome
from shop.reconciliation.tables import OPEN, Finding
from shop.watching.watch import plural


@click.command("reconcile")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Compare from this day on; else since the last time.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@with_appcontext
def reconcile(since: datetime | None, as_json: bool) -> None:
    """Compare payments, refunds and disputes with Stripe's. The exit code is 1 where something is left open."""
    now = clock.now()
    which = running.span(now, since.replace(tzinfo=timezone()) if since else None)
    # A bar that is not shown is written to nothing: it would say a line of its own.
    output = None if sys.stdout.isatty() and not as_json else io.StringIO()
    try:
        with click.progressbar(length=round(passing.seconds(which)), label="Comparing", file=output) as bar:
            outcome = running.compare(which, actor="command", now=now, told=lambda more: bar.update(round(more)))
    except RefilleryError as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps(_told(outcome)) if as_json else _summary(outcome))
    if outcome.still:
        raise SystemExit(1)


def _summary(outcome: Outcome) -> str:
    day = written(outcome.since.astimezone(timezone()).date())
    charges, refunds = plural(outcome.charges, "charge", "charges"), plural(outcome.refunds, "refund", "refunds")
    read = f"{charges}, {refunds} and {plural(outcome.disputes, 'dispute', 'disputes')}"
    return f"Compared {read} since {day}: {outcome.opened} new, {outcome.closed} gone, {outcome.still} open."


def _told(outcome: Outcome) -> dict[str, object]:
    """The figures, and each open finding."""
    figures = dataclasses.asdict(outcome) | {"since": outcome.since.isoformat(), "until": outcome.until.isoformat()}
    rows = session().scalars(select(Finding).where(Finding.state == OPEN).order_by(Finding.id)).all()
    told = [
        {"kind": row.kind, "about": row.about, "order": row.order_number, "says": telling.means(row)} for row in rows
    ]
    end_reads()
    return {**figures, "findings": told}
