"""Addresses for mails and for the gateway: SHOP_URL and the path of one of our pages."""

from __future__ import annotations

from flask import current_app

from kits.settings import setting


def external(endpoint: str, **values: object) -> str:
    """The whole address of a page; works outside a request, with the prefix the shop is mounted under."""
    path = current_app.url_map.bind("localhost").build(endpoint, values)
    return str(setting("URL")).rstrip("/") + path


def order_url(token: str) -> str:
    """The order's page."""
    return external("refillery_storefront.order", token=token)


def return_url(token: str) -> str:
    """Where the gateway sends the payer back to; it fills in the page's id itself."""
    return f"{external('refillery_storefront.order_return', token=token)}?page_id={{CHECKOUT_SESSION_ID}}"
