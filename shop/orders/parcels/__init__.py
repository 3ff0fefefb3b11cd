"""From a paid order to its parcels: lots set aside, picked by scanning, shipped in one parcel or in several."""

from __future__ import annotations

from shop.orders.parcels.delivering import deliver, not_delivered
from shop.orders.parcels.packing import Refused, set_aside_what_there_is, start_packing, stop_packing, use_other_lot
from shop.orders.parcels.shipping import complete, next_number, ship

__all__ = [
    "Refused",
    "complete",
    "deliver",
    "next_number",
    "not_delivered",
    "set_aside_what_there_is",
    "ship",
    "start_packing",
    "stop_packing",
    "use_other_lot",
]
