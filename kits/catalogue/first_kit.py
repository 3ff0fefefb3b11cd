"""The first kit of a new shop: the dermaroller-and-serum kit with its prices and its notice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from kits.catalogue import notice
from kits.catalogue.tables import Item, Kit, KitComponent, Price
from kits.clock import today
from kits.settings import currency

SLUG, ROLLER, SERUM = "mesotherapy-kit", "ROLLER-025", "SERUM-3M"
KIT_PRICE, REFILL_PRICE = 8900, 4900
NOTICE = """\
Please do not use this kit, and talk to your doctor first, if one of these applies to you:

- you are pregnant or breastfeeding, or may become pregnant during the plan;
- you take anticoagulants (medicines that thin the blood), or your blood does not clot well;
- you form keloid scars, or your scalp is inflamed, infected or wounded.

If you are not sure, talk to your doctor first. Stop and ask your doctor if your scalp reacts badly.
"""
SUMMARY = "A 0.25 mm dermaroller and three months of serum for mesotherapy of the hair at home."
DESCRIPTION = """\
The kit holds a dermaroller with 0.25 mm needles and one box of serum, enough for three months. \
You choose how many sessions you plan and how far apart they are; we work out how many boxes that takes."""


def plant(session: Session, now: datetime) -> Kit:
    """Add the kit, its two items, its prices and version 1 of its notice. Flushes."""
    roller, serum = Item(sku=ROLLER, name="Dermaroller 0.25 mm"), Item(sku=SERUM, name="Serum, three months")
    kit = Kit(
        slug=SLUG,
        name="Mesotherapy kit",
        summary=SUMMARY,
        description=DESCRIPTION,
        needle_um=250,
        min_sessions=6,
        max_sessions=10,
        min_weeks=2,
        max_weeks=4,
        published=True,
        components=[
            KitComponent(item=roller, in_kit=1, in_refill=0),
            KitComponent(item=serum, in_kit=1, in_refill=1),
        ],
    )
    session.add(kit)
    session.flush()
    for kind, amount in (("kit", KIT_PRICE), ("refill", REFILL_PRICE)):
        session.add(Price(kit_id=kit.id, kind=kind, amount=amount, currency=currency(), valid_from=now))
    notice.add(session, kit.id, NOTICE, today(now))
    return kit
