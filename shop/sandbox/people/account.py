"""The account that sells."""

from __future__ import annotations

from shop.sandbox.store.documents import Document
from shop.sandbox.store.identifiers import new_account_id
from shop.sandbox.wire.calls import Call

_REMEMBER = "INSERT OR IGNORE INTO settings VALUES ('account', ?)"
_READ = "SELECT value FROM settings WHERE name = 'account'"


def retrieve(call: Call) -> Document:
    """`GET /v1/account`: the one that this database belongs to, able to charge."""
    call.unit.connection.execute(_REMEMBER, (new_account_id(),))
    identifier = str(call.unit.connection.execute(_READ).fetchone()[0])
    return {
        "id": identifier,
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
            "url": f"/v1/accounts/{identifier}/external_accounts",
        },
        "metadata": {},
        "payouts_enabled": True,
        "settings": None,
        "type": "standard",
    }
