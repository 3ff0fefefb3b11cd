"""`flask shop sandbox` and what one does with it by hand."""

from __future__ import annotations

import json
import sys
import urllib.request
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from kits import host
from kits.settings import gateway_is_sandbox, setting
from shop.customers.tables import Customer
from shop.orders.tables import Order
from shop.payments.tables import Payment


@click.command("sandbox")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=12111, show_default=True, help="0 picks a free one.")
@click.option("--database", default="instance/sandbox.db", show_default=True, type=click.Path(path_type=Path))
@with_appcontext
def sandbox(host: str, port: int, database: Path) -> None:
    """Serve a local Stripe. It refuses to start beside a live key; no real money."""
    from shop.sandbox.errors import RefusedToStart
    from shop.sandbox.serve import serve

    key = str(setting("STRIPE_SECRET_KEY")) or "sk_test_sandbox"
    secret = str(setting("STRIPE_WEBHOOK_SECRET")) or "whsec_sandbox"
    webhook = f"{str(setting('URL')).rstrip('/')}/webhooks/stripe"
    try:
        serve(host, port, database=database, webhook_url=webhook, webhook_secret=secret, key=key)
    except RefusedToStart as error:
        click.echo(str(error), err=True)
        sys.exit(2)


@click.command("sandbox-card")
@click.argument("email")
@click.argument("card")
@with_appcontext
def sandbox_card(email: str, card: str) -> None:
    """Let the saved card of EMAIL behave like CARD (a test card such as pm_card_chargeDeclined)."""
    if not gateway_is_sandbox():
        raise click.ClickException("Only the sandbox's cards can do that.")
    saved = _saved_card(email)
    if saved is None:
        raise click.ClickException(f"{email} has no saved card.")
    request = urllib.request.Request(  # noqa: S310 - the base was checked to be loopback HTTP
        f"{str(setting('STRIPE_API_BASE')).rstrip('/')}/_sandbox/cards/{saved}",
        data=json.dumps({"behaves_like": card}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310
        click.echo(f"The card of {email} now behaves like {card}.")


def _saved_card(email: str) -> str | None:
    paid = select(Payment.card).join(Order, Order.id == Payment.order_id).join(Customer)
    newest = paid.where(Customer.email == email.lower(), Payment.card.is_not(None)).order_by(Payment.id.desc())
    try:
        return host.session().scalar(newest.limit(1))
    finally:
        host.end_reads()
