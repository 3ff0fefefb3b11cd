"""Ids in Stripe's manner: a prefix that says what it is, and letters nobody can guess."""

from __future__ import annotations

import secrets


def new_id(prefix: str) -> str:
    """`pi_1…`, `ch_1…`: the prefix and 24 characters, unguessable."""
    return f"{prefix}_1{secrets.token_hex(12)[1:]}"


def new_session_id() -> str:
    """A Checkout Session's id: `cs_test_` and 58 characters, as long as Stripe's own."""
    return f"cs_test_a1{secrets.token_hex(28)}"


def new_account_id() -> str:
    """An account's id: `acct_` and 16 characters, as long as Stripe's own."""
    return f"acct_1{secrets.token_hex(8)[1:]}"


def client_secret(identifier: str) -> str:
    """What a browser would be given to confirm the intent."""
    return f"{identifier}_secret_{secrets.token_hex(12)}"
