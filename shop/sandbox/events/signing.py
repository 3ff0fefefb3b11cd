"""Stripe's signature on what it delivers (https://docs.stripe.com/webhooks#verify-manually)."""

from __future__ import annotations

import hashlib
import hmac


def sign(secret: str, body: bytes, timestamp: int) -> str:
    """The `Stripe-Signature` header for `body`, signed at `timestamp` (epoch seconds of real time)."""
    signed = b"%d.%s" % (timestamp, body)
    return f"t={timestamp},v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"
