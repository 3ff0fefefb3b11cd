"""Keeping the sandbox's clock beside the demo clock, so that both sides agree on the day."""

from __future__ import annotations

import json
import urllib.request
from datetime import datetime

from kits.settings import setting


def tell_sandbox(moment: datetime) -> None:
    """Move the sandbox's clock to `moment`. Only called when the gateway is the sandbox; raises OSError."""
    request = urllib.request.Request(  # noqa: S310 - the base was checked to be loopback HTTP
        f"{str(setting('STRIPE_API_BASE')).rstrip('/')}/_sandbox/clock",
        data=json.dumps({"now": moment.isoformat()}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310
        pass
