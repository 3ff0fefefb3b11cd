"""All pages of the shop, each blueprint made anew so that two apps may mount them."""

from __future__ import annotations

from flask import Blueprint

from shop import admin, api, probes, storefront
from shop.customers import account
from shop.customers.signing_in import pages as sign_in
from shop.customers.staff import pages as staff_pages
from shop.payments import pages as webhooks
from shop.templating import template_folder


def ours() -> list[Blueprint]:
    """One blueprint a door; `url_prefix` of each is what stands after the shop's own prefix."""
    rooms = (storefront, admin, sign_in, account, staff_pages, api, webhooks, probes)
    return [room.blueprint() for room in rooms] + [_kits_templates()]


def _kits_templates() -> Blueprint:
    """No pages: it lends the templates of `kits`, a room without HTTP, to ours. In a wheel they stand apart."""
    return Blueprint("refillery_kits", __name__, template_folder=template_folder("kits"))
