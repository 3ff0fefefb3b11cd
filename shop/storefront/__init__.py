"""The storefront: kits and their plans, the basket, the checkout, the order's page. HTTP only."""

from __future__ import annotations

from flask import Blueprint

YEAR_SECONDS = 365 * 24 * 3600


class Pages(Blueprint):
    """A blueprint whose static files may be kept for long: their addresses change when they do."""

    def get_send_file_max_age(self, filename: str | None) -> int | None:
        """How many seconds a browser may keep the file."""
        return YEAR_SECONDS


def blueprint() -> Blueprint:
    """The shop's public pages, a fresh blueprint each time."""
    from shop.doors import guard
    from shop.papers import pages as papers
    from shop.storefront import basket, checkout, errors, front, order_notice, orders, pages, sitemap, withdrawal
    from shop.templating import speak, template_folder

    made = Pages(
        "refillery_storefront",
        __name__,
        template_folder=template_folder(),
        static_folder="static",
        static_url_path="/_shop/static",
    )
    for part in (front, basket, checkout, orders, order_notice, withdrawal, pages, sitemap, papers):
        for rule, endpoint, view, methods in part.ROUTES:
            made.add_url_rule(rule, endpoint, view, methods=methods)
    speak(made)
    errors.answer(made)
    guard(made, refuse=errors.refusal())
    return made
