"""`flask shop replay EVENT`: work on a stored event once more."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from kits import clock
from kits.errors import RefilleryError
from shop.payments import webhooks


@click.command("replay")
@click.argument("event")
@with_appcontext
def replay_command(event: str) -> None:
    """Work on the event EVENT (evt_…) once more: what it is about is asked of Stripe afresh, and settled."""
    try:
        webhooks.replay(webhooks.row_of(event), actor="command", now=clock.now())
    except RefilleryError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{event} was worked on.")
