"""The contraindication notice in force, and publishing a new version."""

from __future__ import annotations

import hashlib
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits.catalogue.tables import ContraindicationNotice
from kits.errors import BadInput, NotFound


def notice_in_force(session: Session, kit_id: int, day: date) -> ContraindicationNotice:
    """The newest version of the kit's notice that is effective on `day`; raises NotFound without one."""
    found = session.scalars(
        select(ContraindicationNotice)
        .where(ContraindicationNotice.kit_id == kit_id, ContraindicationNotice.effective_from <= day)
        .order_by(ContraindicationNotice.effective_from.desc(), ContraindicationNotice.id.desc())
        .limit(1)
    ).first()
    if found is None:
        raise NotFound("This kit has no notice yet, so it cannot be sold.")
    return found


def publish(session: Session, kit_id: int, version: str, text: str, effective_from: date) -> ContraindicationNotice:
    """Add a version; raises BadInput when the text is empty. Flushes, does not commit."""
    if not text.strip():
        raise BadInput("text", "Write the text of the notice.")
    notice = ContraindicationNotice(
        kit_id=kit_id,
        version=version,
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        effective_from=effective_from,
    )
    session.add(notice)
    session.flush()
    return notice
