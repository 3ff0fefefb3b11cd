"""How money comes that the gateway never sees: plain codes, and the words for them."""

from __future__ import annotations

BANK_TRANSFER, CARD_TERMINAL, CASH = "bank_transfer", "card_terminal", "cash"
MEANS = {BANK_TRANSFER: "bank transfer", CARD_TERMINAL: "card terminal", CASH: "cash"}
"""What staff choose from."""
_HOW = {BANK_TRANSFER: "by bank transfer", CARD_TERMINAL: "at a card terminal", CASH: "in cash"}


def in_words(code: str | None) -> str:
    """`bank transfer`; empty for what came through the gateway. A code that is kept no longer says itself."""
    return MEANS.get(code, code.replace("_", " ")) if code else ""


def within_a_sentence(code: str | None) -> str:
    """The same as `by bank transfer`."""
    return _HOW.get(code, f"by {in_words(code)}") if code else ""
