"""Subscriptions: refills over time, billed only while the plan still needs them.

Mounting: `Subscriptions(app)` after Kits and Shop.
"""

from __future__ import annotations

from pathlib import Path

from flask import Flask

__all__ = ["Subscriptions"]


class Subscriptions:
    """The extension: enrols paid plans, and adds its duties, pages and commands to the shop."""

    def __init__(self, app: Flask | None = None) -> None:
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Register with `app`; no reference to it is kept. Raises RuntimeError without Shop."""
        from kits import migrate
        from shop.registers import registers
        from subscriptions import cli, enrolment
        from subscriptions.admin import forecast
        from subscriptions.duties import REFILL_DUTIES
        from subscriptions.forecast.keeping import FORECAST_DUTY
        from subscriptions.pages import ending, sections
        from subscriptions.recall import tables  # noqa: F401 - brings its table

        ours = registers(app)
        ours.offers_refills = True
        ours.settle_steps.append(enrolment.settle_step)
        ours.duties.extend(REFILL_DUTIES)
        ours.duties.append(FORECAST_DUTY)
        ours.order_sections.append(sections.order_section)
        ours.account_sections.append(sections.account_section)
        ours.today_cards.append(sections.today_card)
        ours.today_cards.append(forecast.today_card)
        ours.admin_pages.append(("Forecast", "refillery_forecast.overview"))
        ours.api_fields["refills"] = sections.api_refills
        migrate.register(app, Path(__file__).parent / "migrations")
        app.register_blueprint(ending.blueprint(), url_prefix=ours.url_prefix or None)
        pages = forecast.blueprint()
        app.register_blueprint(pages, url_prefix=f"{ours.url_prefix}{pages.url_prefix}")
        app.cli.add_command(cli.refills)
