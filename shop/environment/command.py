"""`flask shop adopt-environment`: go on billing from a database that was restored or moved."""

from __future__ import annotations

from collections.abc import Sequence

import click
from flask.cli import with_appcontext

from kits import clock
from kits.dates import written
from kits.errors import RefilleryError
from kits.settings import timezone
from shop.environment import adopting, importing, standing
from shop.environment.importing import Imported, Missed

EXPLAINED = """This makes the database the one that bills{account}.

First everything is read from Stripe that was charged since {since}, and what is not known here is settled, so that
nobody is charged twice. Then the workers here charge, refund and mail. Before you go on:
- Stop the shop and its workers wherever they ran before: two shops on one account charge twice.
- For a trial use a test key, or leave things as they are: a copy that is not adopted does nothing by itself.
- What customers did elsewhere since the copy was made (plans that they ended or moved, addresses) is not at Stripe.
  Look through the mails that came since. Kits that were sold since are told below, but cannot be brought in."""


@click.command("adopt-environment")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--despite", is_flag=True, help="Go on although charges of plans in this database could not be matched.")
@with_appcontext
def adopt_environment(yes: bool, despite: bool) -> None:
    """Bill from this database from now on: after a restore, a move, or with another Stripe account."""
    now = clock.now()
    try:
        found, since = standing.problem(), importing.since(now)
        account = standing.account(must_answer=True)
        click.echo(found or "This database is the one that bills, as far as it can tell. Nothing has to be adopted.")
        day = written(since.astimezone(timezone()).date())
        click.echo(EXPLAINED.format(account=f" {account}" if account else "", since=day))
        if not yes:
            click.confirm("Go on?", abort=True)
        imported = importing.import_charges(since, now=now) if account else Imported()
        _tell(imported)
        if imported.hindering and not despite:
            raise click.ClickException(
                "These charges could not be matched with plans that stand here, and would be taken again. Nothing was "
                "adopted. Look at them, or run this with --despite once you have refunded them at Stripe."
            )
        adopting.adopt(imported, actor="command", now=now)
    except RefilleryError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{_count(imported)} From now on this database bills.")


def _tell(imported: Imported) -> None:
    for number in imported.settled:
        click.echo(f"{number}: it was paid, and is settled here now.")
    _tell_missed(imported.lost)
    _tell_missed(imported.hindering)


def _tell_missed(charges: Sequence[Missed]) -> None:
    for each in charges:
        amount = f"{each.intent.amount} ({each.intent.id})"
        click.echo(f"{each.number}: {amount} could not be brought in: {each.why}.", err=True)


def _count(imported: Imported) -> str:
    missed = len(imported.lost) + len(imported.hindering)
    return f"{len(imported.settled)} settled, {imported.known} known, {missed} not brought in."
