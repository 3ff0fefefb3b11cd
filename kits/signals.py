"""Signals for the host, sent after the commit. A receiver's error is logged and never ours."""

from __future__ import annotations

import logging

from blinker import NamedSignal, Namespace
from flask import current_app

log = logging.getLogger("refillery")
_signals = Namespace()

stock_received = _signals.signal("refillery-stock-received", doc="lot_id, item_id, quantity: a lot came in.")
lot_recalled = _signals.signal("refillery-lot-recalled", doc="lot_id: the lot is out of use; its customers are told.")
stock_low = _signals.signal(
    "refillery-stock-low", doc="sku, available: fewer are left to promise than the item's mark."
)


def send(signal: NamedSignal, **about: object) -> None:
    """Send `signal` to each receiver in turn; what one raises is logged."""
    sender = current_app._get_current_object()  # type: ignore[attr-defined]
    for receiver in signal.receivers_for(sender):
        try:
            receiver(sender, **about)
        except Exception:
            log.exception("a receiver of %s failed", signal.name)
