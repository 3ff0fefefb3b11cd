"""Money as integer minor units with their currency."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_currency, get_currency_precision, get_currency_symbol


@dataclass(frozen=True)
class Money:
    """`amount` in minor units (pence for GBP) of the ISO 4217 `currency`."""

    amount: int
    currency: str

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.amount * times, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.amount < other.amount

    def __le__(self, other: Money) -> bool:
        return not other < self

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not mix")

    def as_json(self) -> dict[str, int | str]:
        """`{"amount": minor units, "currency": "GBP"}`, the form of the API."""
        return {"amount": self.amount, "currency": self.currency}

    def __str__(self) -> str:
        """For a reader in the shop's language, e.g. `£49.00`."""
        return _written(self.amount, self.currency)


@lru_cache(maxsize=4096)
def _written(amount: int, currency: str) -> str:
    digits = get_currency_precision(currency)
    return format_currency(Decimal(amount).scaleb(-digits), currency, locale="en_GB")


def add_up(parts: list[Money], currency: str) -> Money:
    """The sum of `parts`; zero of `currency` when there are none."""
    return sum(parts, start=Money(0, currency))


def read_amount(text: str, currency: str) -> int:
    """Minor units of an amount as a person writes it, e.g. `12.50` or `£1,200`; ValueError for any other text."""
    digits = get_currency_precision(currency)
    plain = text.strip().removeprefix(get_currency_symbol(currency, locale="en_GB")).replace(",", "").strip()
    whole, _, part = plain.partition(".")
    figures = whole + part.ljust(digits, "0")
    if not (whole and plain.isascii() and figures.isdecimal() and len(part) <= digits and len(figures) <= 12):
        raise ValueError("this is no amount")
    return int(figures)


def written_amount(amount: Money) -> str:
    """For a field that a person changes, e.g. `49.00`."""
    digits = get_currency_precision(amount.currency)
    return f"{Decimal(amount.amount).scaleb(-digits):.{digits}f}"
