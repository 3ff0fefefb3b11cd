"""What a kit's page says of it, and whether the kit is on sale: changed by the owner, kept by the audit log."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from unicodedata import category

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits import audit
from kits.catalogue import needles
from kits.catalogue.tables import Kit
from kits.errors import BadInput, NotFound, WrongState
from kits.host import unit

LONGEST = {"summary": 200, "description": 2_000, "how_to_use": 20_000, "cleaning": 20_000, "results": 20_000}
"""In characters."""


@dataclass(frozen=True)
class KitTexts:
    """The summary is one line; the rest is Markdown."""

    summary: str
    description: str
    how_to_use: str
    cleaning: str
    results: str

    @property
    def digest(self) -> str:
        """What tells these texts from any other."""
        return hashlib.sha256(json.dumps(asdict(self)).encode()).hexdigest()


def texts_of(kit: Kit) -> KitTexts:
    """The kit's texts as they stand, without what a field adds around them."""
    return KitTexts(*(getattr(kit, name).strip() for name in LONGEST))


def any_kit(session: Session, slug: str) -> Kit:
    """The kit under `slug`, on sale or not; raises NotFound."""
    found = session.scalars(select(Kit).where(Kit.slug == slug)).first() if slug.isprintable() else None
    if found is None:
        raise NotFound("There is no such kit.")
    return found


def change(slug: str, wanted: KitTexts, *, seen: str, actor: str, now: datetime) -> bool:
    """Give a kit these texts. Commits; False when it has them already.

    `seen` is the digest of the texts that their writer saw. Raises NotFound,
    BadInput at the text that cannot be, WrongState when someone else has
    changed them meanwhile.
    """
    tidy = KitTexts(**{name: text.replace("\r\n", "\n").strip() for name, text in asdict(wanted).items()})
    check(tidy)
    with unit() as session:
        kit = _locked(session, slug)
        before = texts_of(kit)
        if before == tidy:
            return False
        if before.digest != seen:
            raise WrongState("Someone else has changed these texts meanwhile. Look at theirs first.")
        changed = {name: text for name, text in asdict(tidy).items() if text != getattr(before, name)}
        for name, text in changed.items():
            setattr(kit, name, text)
        audit.record(
            session, at=now, actor=actor, action="kit.texts_changed", subject=f"kit {slug}",
            before={name: getattr(before, name) for name in changed}, after=changed,
        )  # fmt: skip
    return True


def check(texts: KitTexts) -> None:
    """Refuse what cannot stand on a page: BadInput at the text."""
    for name, text in asdict(texts).items():
        if name in ("summary", "description") and not text.strip():
            raise BadInput(name, "Write a sentence or two: the page begins with it.")
        if len(text) > LONGEST[name]:
            raise BadInput(name, f"Keep it under {LONGEST[name]:,} characters.")
        if any(category(sign) in ("Cc", "Cs") and (name == "summary" or sign not in "\n\t") for sign in text):
            raise BadInput(name, "This holds a sign that we cannot read. Please type it again.")


def put_on_sale(slug: str, *, actor: str, now: datetime) -> bool:
    """Show and sell the kit. Commits; False when it is on sale. Raises NotFound, BadInput for needles too long."""
    return _publish(slug, True, "kit.put_on_sale", actor, now)


def take_off_sale(slug: str, *, actor: str, now: datetime) -> bool:
    """Show and sell it no more; plans that run go on. Commits; False when it is off sale. Raises NotFound."""
    return _publish(slug, False, "kit.taken_off_sale", actor, now)


def _publish(slug: str, published: bool, action: str, actor: str, now: datetime) -> bool:
    with unit() as session:
        kit = _locked(session, slug)
        if published:
            needles.check(kit.needle_um)
        if kit.published == published:
            return False
        kit.published = published
        audit.record(session, at=now, actor=actor, action=action, subject=f"kit {slug}")
    return True


def _locked(session: Session, slug: str) -> Kit:
    kit = any_kit(session, slug)
    session.refresh(kit, with_for_update=True)
    return kit
