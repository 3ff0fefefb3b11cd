"""What pages tell search engines and those who share a link: schema.org data and whole addresses. Pure of the rest."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision

from kits.catalogue.kits import PricedKit
from kits.money import Money
from kits.settings import setting
from shop.links import external
from shop.owner.facts import Facts

SCHEMA = "https://schema.org"
PICTURE = "share.png"


def told(endpoint: str, **values: object) -> dict[str, str]:
    """The address that a page is known under, and the picture that goes with it."""
    picture = external("refillery_storefront.static", filename=PICTURE)
    return {"address": external(f"refillery_storefront.{endpoint}", **values), "picture": picture}


def product(offer: PricedKit, facts: Facts, left: bool, address: str, picture: str) -> dict[str, Any]:
    """The kit as a schema.org Product with its Offer; `left` says whether it can be had."""
    kit, shop = offer.kit, str(setting("NAME"))
    return {
        "@context": SCHEMA,
        "@type": "Product",
        "name": kit.name,
        "description": kit.summary,
        "sku": kit.slug,
        "url": address,
        "image": [picture],
        "brand": {"@type": "Brand", "name": shop},
        "offers": {
            "@type": "Offer",
            "url": address,
            "price": _decimal(offer.price),
            "priceCurrency": offer.price.currency,
            "availability": f"{SCHEMA}/{'InStock' if left else 'OutOfStock'}",
            "itemCondition": f"{SCHEMA}/NewCondition",
            "seller": {"@type": "Organization", "name": facts.trader_name or shop},
        },
    }


def _decimal(price: Money) -> str:
    """The amount as schema.org wants it: `89.00`."""
    digits = get_currency_precision(price.currency)
    return f"{Decimal(price.amount).scaleb(-digits):.{digits}f}"
