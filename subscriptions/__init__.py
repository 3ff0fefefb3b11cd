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
        from subscriptions import cli, enrolment, notices, personal
        from subscriptions.acknowledging import counting, exporting
        from subscriptions.admin import forecast, recalls
        from subscriptions.admin.pricing import pages as prices
        from subscriptions.billing import importing, retry_days
        from subscriptions.calendar import pages as calendar
        from subscriptions.cards import expiring, looking, using
        from subscriptions.duties import REFILL_DUTIES
        from subscriptions.forecast.keeping import FORECAST_DUTY
        from subscriptions.law import choosing as law
        from subscriptions.overdue import OVERDUE
        from subscriptions.pages import acknowledging, cards, controls, ending, holding, sections
        from subscriptions.paying import pages as paying_pages
        from subscriptions.prices import telling as new_prices
        from subscriptions.prices import told as told_prices
        from subscriptions.recall import given_back
        from subscriptions.recall import pages as recall_pages
        from subscriptions.recall.replacing import REPLACEMENT_DUTY, settle_step
        from subscriptions.recall.telling import TELL_DUTY
        from subscriptions.repairs import exporting as exported_repairs
        from subscriptions.repairs import pages as repairs
        from subscriptions.sample_mails import OUR_MAILS
        from subscriptions.stops import disputes
        from subscriptions.stops import exporting as exported_stops
        from subscriptions.stops import pages as stop_pages
        from subscriptions.why import pages as why

        ours = registers(app)
        law.check(app.config)
        retry_days.read(app.config["SHOP_RETRY_DAYS"])
        ours.offers_refills = True
        ours.lost_orders.append(importing.write_order)
        ours.key_information = law.key_information
        ours.cooling_off.append(law.cooling_off_days)
        ours.settle_steps.extend((given_back.lock_step, enrolment.settle_step, settle_step))
        ours.settle_steps.extend((disputes.settle_step, given_back.settle_step))
        ours.card_steps.append(using.card_step)
        ours.dispute_sections.append(stop_pages.dispute_section)
        ours.parcel_links.append(sections.parcel_links)
        ours.again_steps.extend((notices.sent_again, new_prices.sent_again))
        ours.watches.append(OVERDUE)
        ours.mail_templates.extend(OUR_MAILS)
        ours.duties.extend((*new_prices.PRICE_DUTIES, *REFILL_DUTIES))  # prices first: notices name what holds
        ours.duties.extend((looking.LOOKING_DUTY, expiring.EXPIRING_DUTY))
        ours.duties.extend((FORECAST_DUTY, TELL_DUTY, REPLACEMENT_DUTY))
        ours.order_sections.extend((recall_pages.order_section, sections.order_section))
        ours.account_sections.append(sections.account_section)
        ours.runs.append(personal.runs)
        ours.export_parts.update(plans=personal.exported, recalls=personal.exported_recalls)
        ours.erasure_parts.append(personal.ERASURE)
        ours.today_cards.append(sections.today_card)
        ours.today_cards.extend((forecast.today_card, stop_pages.today_card))
        ours.admin_pages.extend(
            (
                ("Forecast", "refillery_forecast.overview"),
                ("Recalls", "refillery_recalls.overview"),
                ("Prices", "refillery_prices.overview"),
            )
        )
        ours.item_pages.append(("Forecast", "refillery_forecast.item"))
        ours.lot_pages.append(("Recall this lot", "refillery_recalls.begin"))
        ours.api_fields["refills"] = sections.api_refills
        ours.export_parts["notices"] = exporting.exported
        ours.export_parts["not_charged"] = exported_stops.exported
        ours.export_parts["prices"] = told_prices.exported
        ours.export_parts["repairs"] = exported_repairs.exported
        ours.plans_by_notice.append(counting.plans_by_notice)
        ours.plans_to_ask.append(counting.plans_to_ask)
        migrate.register(app, Path(__file__).parent / "migrations")
        mine = (ending, controls, holding, cards, paying_pages, acknowledging, recall_pages, calendar, stop_pages)
        rooms = (*mine, forecast, recalls, prices, why, repairs)
        for pages in (*(room.blueprint() for room in rooms), why.admin_blueprint()):
            app.register_blueprint(pages, url_prefix=f"{ours.url_prefix}{pages.url_prefix or ''}" or None)
        app.cli.add_command(cli.refills)
