"""Sums of money as Stripe takes and writes them: integer minor units and a currency."""

from __future__ import annotations

from pathlib import Path

from shop.sandbox.errors import BadParameter

_CURRENCIES = frozenset((Path(__file__).parent / "currencies.txt").read_text(encoding="ascii").split())
_WHOLE = {
    "bif",
    "clp",
    "djf",
    "gnf",
    "jpy",
    "kmf",
    "krw",
    "mga",
    "pyg",
    "rwf",
    "ugx",
    "vnd",
    "vuv",
    "xaf",
    "xof",
    "xpf",
}
"""The currencies that have no smaller unit."""
_SMALLEST = {"gbp": 30, "usd": 50, "eur": 50, "aud": 50, "cad": 50, "chf": 50, "jpy": 50, "sek": 300, "nok": 300}
_SIGNS = {"gbp": "£", "eur": "€", "usd": "$", "jpy": "¥"}
LARGEST = 99_999_999
"""The most minor units one payment may take (https://docs.stripe.com/currencies)."""


def check_currency(currency: str) -> str:
    """The currency in lower case; BadParameter when Stripe does not take it."""
    if currency.lower() not in _CURRENCIES:
        raise BadParameter(f"Invalid currency: {currency}", param="currency")
    return currency.lower()


def check_amount(amount: int, currency: str, param: str = "amount") -> int:
    """The amount; BadParameter when it is not positive, below the currency's smallest charge, or too large."""
    if amount < 1:
        message = "This value must be greater than or equal to 1."
        raise BadParameter(message, code="parameter_invalid_integer", param=param)
    smallest = _SMALLEST.get(currency, 1)
    if amount < smallest:
        message = f"Amount must be at least {format_amount(smallest, currency)} {currency}"
        raise BadParameter(message, code="amount_too_small", param=param)
    if amount > LARGEST:
        message = f"Amount must be no more than {format_amount(LARGEST, currency)}"
        raise BadParameter(message, code="amount_too_large", param=param)
    return amount


def format_amount(amount: int, currency: str) -> str:
    """`£12.50`, `¥1,250`, `12.50 SEK`."""
    figure = f"{amount:,}" if currency in _WHOLE else f"{amount // 100:,}.{amount % 100:02}"
    sign = _SIGNS.get(currency)
    return f"{sign}{figure}" if sign else f"{figure} {currency.upper()}"
