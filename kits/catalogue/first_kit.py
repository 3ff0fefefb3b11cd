"""The first kit of a new shop: the dermaroller-and-serum kit with its prices and its notice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from kits.catalogue import notice
from kits.catalogue.tables import Item, Kit, KitComponent, Price
from kits.clock import today
from kits.settings import currency

SLUG, ROLLER, SERUM = "mesotherapy-kit", "ROLLER-025", "SERUM-3M"
KIT_PRICE, REFILL_PRICE, LOOSE_PRICE = 8900, 4900, 5400
NOTICE = """\
Please do not use this kit, and talk to your doctor first, if one of these applies to you:

- you are pregnant or breastfeeding, or may become pregnant during the plan;
- you take anticoagulants (medicines that thin the blood), or your blood does not clot well;
- you form keloid scars, or your scalp is inflamed, infected or wounded.

If you are not sure, talk to your doctor first. Stop and ask your doctor if your scalp reacts badly.
"""
SUMMARY = "A 0.25 mm dermaroller and three months of serum, planned to your last session."
DESCRIPTION = """\
The **dermaroller** is a small roller with rows of very short needles. The **serum** goes on the skin straight after \
rolling. The kit holds one of each: the roller for your whole plan, the serum for its first three months.

You choose how many sessions you plan and how far apart they are; we work out how many boxes of serum that takes.
"""
HOW_TO_USE = """\
A session takes about fifteen minutes. In the evening is best, with nothing planned for your scalp until the next day.

1. **Wash** your hands and your hair, and let your scalp dry.
2. **Look** at your scalp. If it is sore, broken or inflamed, leave this session out and log it as skipped.
3. **Disinfect** the roller as under “Cleaning”, and let it dry.
4. **Part** your hair. Roll lightly over one small area: four times along, four times across, four times slantwise. \
Lift the roller each time you turn it. It should prickle, never hurt or bleed.
5. **Put on** the serum, drop by drop, and pat it in with clean fingers.
6. **Leave** your scalp in peace: no washing for 12 hours; no sun, sauna, swimming or hair dye for 24.

Stop, and ask your doctor, if your scalp swells, weeps or hurts, or is still red after two days.
"""
CLEANING = """\
Clean the roller **before and after** every session. It takes ten minutes, most of them waiting.

1. Rinse it under hot running water. Touch no needle, and do not wipe them.
2. Stand it in 70% isopropyl alcohol, from a pharmacy, for ten minutes.
3. Let it dry in the air, then close it in its case.

The roller is **for you alone**: never share it. Do not use it again if it fell, or if a needle is bent. Close the \
serum well and keep it cool, dark and out of reach of children.
"""
RESULTS = """\
This is the timeline that the maker of the serum gives. Results differ from person to person, some see none, and we \
promise none.

- **2 to 3 months:** where results come, the first of them show.
- **3 to 6 months:** the time to compare with a photograph from before you began.
- **6 to 12 months:** what there is to see can be seen by now.
"""


def plant(session: Session, now: datetime) -> Kit:
    """Add the kit, its two items, its prices and version 1 of its notice. Flushes."""
    roller = Item(sku=ROLLER, name="Dermaroller 0.25 mm", weight_g=90, sealed=True)
    serum = Item(sku=SERUM, name="Serum, three months", weight_g=180, millilitres=100, sealed=True)
    kit = Kit(
        slug=SLUG,
        name="Mesotherapy kit",
        summary=SUMMARY,
        description=DESCRIPTION,
        how_to_use=HOW_TO_USE,
        cleaning=CLEANING,
        results=RESULTS,
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
    for kind, amount in (("kit", KIT_PRICE), ("refill", REFILL_PRICE), ("loose", LOOSE_PRICE)):
        session.add(Price(kit_id=kit.id, kind=kind, amount=amount, currency=currency(), valid_from=now))
    notice.add(session, kit.id, NOTICE, today(now))
    return kit
