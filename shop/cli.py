"""`flask shop …`: the worker, the database, the demo."""

from __future__ import annotations

from datetime import datetime

import click
from flask.cli import AppGroup

from kits import clock, host, migrate
from kits.errors import RefilleryError
from kits.settings import timezone
from shop import logs
from shop.environment.standing import OtherEnvironment
from shop.registers import registers
from shop.work import duties
from shop.work.demo_clock import tell_sandbox
from shop.work.running.stopping import stopped_by_signals

shop = AppGroup("shop", help="The shop: its worker, its database, its demo.")
db = AppGroup("db", help="The shop's own tables.")
shop.add_command(db)


def moment(text: str) -> datetime:
    """An ISO time; without a zone it is in the shop's. Raises click.BadParameter."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no ISO time like 2027-04-01T09:00.") from error
    return read if read.tzinfo else read.replace(tzinfo=timezone())


def move_clock(text: str | None) -> None:
    """Move the demo clock for `--as-of`, and the sandbox's with it; a time that has passed changes nothing."""
    if text is None:
        return
    wanted = moment(text)
    try:
        shown = clock.move_to(wanted)
    except RefilleryError as error:
        raise click.ClickException(str(error)) from error
    try:
        tell_sandbox(shown)
    except OSError as error:
        raise click.ClickException(f"The sandbox does not answer, so its clock stands: {error}") from error
    if (shown - wanted).total_seconds() > 1:
        local = shown.astimezone(timezone())
        click.echo(f"The clock already shows {local:%Y-%m-%d %H:%M}: it moves forward only.", err=True)


@db.command("upgrade")
def upgrade() -> None:
    """Bring the shop's tables to the newest schema."""
    migrate.upgrade(host.engine())
    click.echo("The database is up to date.")


@shop.command("work")
@click.option("--once", is_flag=True, help="Work until nothing is due, then end.")
@click.option("--as-of", help="Move the sandbox's clock forward to this ISO time first.")
def work(once: bool, as_of: str | None) -> None:
    """Do what is due: send mails, settle, give notice, charge refills."""
    move_clock(as_of)
    with stopped_by_signals() as stop:
        if not once:
            logs.of_worker()
            duties.keep_working(registers().duties, stop)
            return
        try:
            done = duties.run_once(registers().duties, threads=duties.in_flight(), stop=stop)
        except OtherEnvironment as error:
            raise click.ClickException(str(error)) from error
    rest = "some wait for another try" if duties.some_wait(registers().duties) else "nothing is due"
    click.echo(f"Worked {done} {'row' if done == 1 else 'rows'}; {rest}.")
