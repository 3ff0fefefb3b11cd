"""Shop: one order, one payment; storefront, admin and API around them.

Mounting: `Shop(app, url_prefix="/shop")` after Kits.
"""

from __future__ import annotations

from pathlib import Path

from flask import Flask

__all__ = ["Shop"]


class Shop:
    """The extension: brings tables, pages, API, duties and `flask shop`."""

    def __init__(self, app: Flask | None = None, url_prefix: str = "") -> None:
        if app is not None:
            self.init_app(app, url_prefix)

    def init_app(self, app: Flask, url_prefix: str = "") -> None:
        """Register with `app` under `url_prefix`; no reference to it is kept."""
        from kits import migrate
        from shop import all_tables, cli, registers  # noqa: F401 - the tables, whatever the pages use of them
        from shop.blueprints import ours
        from shop.checking.command import check_command
        from shop.checking.looking import OWN_CHECKS
        from shop.customers import addresses
        from shop.customers.personal.export import whole
        from shop.customers.staff.cli import staff_command
        from shop.demo.command import demo, demo_seed
        from shop.demo.sandbox_commands import sandbox, sandbox_card
        from shop.environment.command import adopt_environment
        from shop.payments.commands import replay_command
        from shop.reconciliation.command import reconcile
        from shop.reconciliation.running import RECONCILIATION_DUTY
        from shop.reconciliation.telling import RECONCILIATION_WATCHES
        from shop.sample_mails import OWN_MAILS
        from shop.watching.own import OWN_WATCHES
        from shop.watching.telling import ALARM_DUTY
        from shop.work.own_duties import OWN_DUTIES

        migrate.register(app, Path(__file__).parent / "migrations")
        ours_to_fill = registers.install(app, url_prefix)
        ours_to_fill.duties.extend((*OWN_DUTIES, RECONCILIATION_DUTY, ALARM_DUTY))
        ours_to_fill.watches.extend((*OWN_WATCHES, *RECONCILIATION_WATCHES))
        ours_to_fill.checks.extend(OWN_CHECKS)
        ours_to_fill.settle_steps.append(addresses.settle_step)
        ours_to_fill.export_parts.update(whole.PARTS)
        ours_to_fill.mail_templates.extend(OWN_MAILS)
        ours_to_fill.admin_pages.append(("Disputes", "refillery_admin.disputes"))
        ours_to_fill.admin_pages.append(("Events", "refillery_admin.events"))
        ours_to_fill.admin_pages.append(("Watch", "refillery_admin.watch"))
        for blueprint in ours():
            app.register_blueprint(blueprint, url_prefix=url_prefix + (blueprint.url_prefix or "") or None)
        running = (adopt_environment, replay_command, reconcile, check_command)
        for command in (staff_command, demo, demo_seed, sandbox, sandbox_card, *running):
            cli.shop.add_command(command)
        app.cli.add_command(cli.shop)
