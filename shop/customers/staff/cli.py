"""`flask shop staff EMAIL`: letting someone into the admin."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from kits import clock
from kits.errors import BadInput
from kits.host import unit
from shop.customers.staff.members import add_staff


@click.command("staff")
@click.argument("email")
@click.password_option(help="Asked for when it is not given.")
@with_appcontext
def staff_command(email: str, password: str) -> None:
    """Let EMAIL into the admin with a password, or give them a new one."""
    now = clock.now()
    try:
        with unit() as session:
            member = add_staff(session, email, password, now)
            click.echo(f"{member.email} can sign in at /admin/.")
    except BadInput as error:
        raise click.ClickException(error.message) from error
