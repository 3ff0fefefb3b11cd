"""The account that sells."""

from __future__ import annotations

from shop.sandbox.store.documents import Document
from shop.sandbox.wire.calls import Call


def retrieve(call: Call) -> Document:
    """`GET /v1/account`: always the same one, able to charge."""
    return {
        "id": "acct_1Sandbox0000000",
        "object": "account",
        "business_profile": None,
        "business_type": "company",
        "capabilities": {"card_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "country": "GB",
        "created": 1735689600,
        "default_currency": "gbp",
        "details_submitted": True,
        "email": "sandbox@example.com",
        "external_accounts": {
            "object": "list",
            "data": [],
            "has_more": False,
            "url": "/v1/accounts/acct_1Sandbox0000000/external_accounts",
        },
        "metadata": {},
        "payouts_enabled": True,
        "settings": None,
        "type": "standard",
    }
