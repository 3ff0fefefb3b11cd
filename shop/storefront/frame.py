"""What stands around every page of the shop: header, footer, the files it links. Made once for the same values."""

from __future__ import annotations

from markupsafe import Markup

from kits.settings import setting
from shop.owner.facts import Facts, shown
from shop.remembered import remembered, rendered
from shop.storefront.kept import basket_count


def links() -> Markup:
    """The style and the icon."""
    return _links()


def header() -> Markup:
    """The shop's name and the ways through it, with how many are in this visitor's basket."""
    return _header(setting("NAME"), basket_count())


def footer() -> Markup:
    """The owner's pages, and who trades."""
    return _footer(setting("NAME"), shown())


@remembered
def _links() -> str:
    return rendered("shop/frame/links.html")


@remembered
def _header(shop_name: str, count: int) -> str:
    return rendered("shop/frame/header.html", shop_name=shop_name, count=count)


@remembered
def _footer(shop_name: str, trader: Facts) -> str:
    return rendered("shop/frame/footer.html", shop_name=shop_name, trader=trader)
