"""The contraindication notice: its versions, the one in force on a day, publishing the next one.

Versions come into force in the order of their numbers, because at most one of
a kit's is coming: publishing another takes its place. A text that was
published is never changed, which the database refuses, too.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ScalarSelect, select, update
from sqlalchemy.orm import Session

from kits import audit
from kits.catalogue.notice_text import checked, tidied
from kits.catalogue.tables import ContraindicationNotice, Kit
from kits.clock import today
from kits.errors import BadInput, NotFound, WrongState
from kits.host import unit

FARTHEST = timedelta(days=365)


@dataclass(frozen=True)
class NewNotice:
    """A text to publish. `newest` is the last version its writer knew of; a `submission` is published once."""

    text: str
    effective_from: date
    newest: str | None
    submission: str | None = None


def notice_in_force(session: Session, kit_id: int, day: date) -> ContraindicationNotice:
    """The newest version of the kit's notice that is effective on `day`; raises NotFound without one."""
    found = find_in_force(session, kit_id, day)
    if found is None:
        raise NotFound("This kit has no notice yet, so it cannot be sold.")
    return found


def find_in_force(session: Session, kit_id: int, day: date) -> ContraindicationNotice | None:
    """The version in force on `day` of the shop's calendar, if there is one; a statement, however many there are."""
    newest = select(ContraindicationNotice).where(ContraindicationNotice.id == newest_notice(kit_id, day))
    return session.scalars(newest).first()


def newest_notice(kit_id: Any, day: Any) -> ScalarSelect[int]:
    """The id of the version in force on `day`, as part of a statement; both may be columns of it."""
    each = ContraindicationNotice.__table__.alias("dated_notice").c
    effective = select(each.id).where(each.kit_id == kit_id, each.effective_from <= day, each.withdrawn_at.is_(None))
    newest_first = effective.order_by(each.effective_from.desc(), each.id.desc())
    return newest_first.limit(1).correlate(Kit.__table__).scalar_subquery()


def versions(session: Session, kit_id: int) -> Sequence[ContraindicationNotice]:
    """All versions of a kit's notice, the newest first, withdrawn ones too."""
    of_kit = select(ContraindicationNotice).where(ContraindicationNotice.kit_id == kit_id)
    return session.scalars(of_kit.order_by(ContraindicationNotice.id.desc())).all()


def publish(slug: str, new: NewNotice, *, actor: str, now: datetime) -> str:
    """Publish the next version of a kit's notice and return its number. Commits.

    A version that is still to come is withdrawn for it. The same `submission`
    again publishes nothing. Raises NotFound for an unknown kit, BadInput at
    `text` or `effective_from`, WrongState when someone else has published one
    since `new.newest`.
    """
    with unit() as session:
        kit_id = locked(session, slug)
        known = versions(session, kit_id)
        if (ours := _made_by(known, new.submission)) is not None:
            return ours.version
        check(new, known, today(now))
        replaced = [each for each in known if is_coming(each, today(now))]
        for each in replaced:
            each.withdrawn_at = now
        notice = add(session, kit_id, new.text, new.effective_from, submission=new.submission)
        audit.record(
            session,
            at=now,
            actor=actor,
            action="notice.published",
            subject=f"kit {slug}",
            version=notice.version,
            effective_from=notice.effective_from.isoformat(),
            replaced=[each.version for each in replaced],
        )
        return notice.version


def withdraw(slug: str, version: str, *, actor: str, now: datetime) -> None:
    """Take back a version that is still to come; twice is once. Commits. Raises NotFound, WrongState once in force."""
    with unit() as session:
        kit_id = locked(session, slug)
        notice = one(versions(session, kit_id), version)
        if notice.withdrawn_at is not None:
            return
        if not is_coming(notice, today(now)):
            raise WrongState("This version is in force already. Publish another one to take its place.")
        notice.withdrawn_at = now
        audit.record(session, at=now, actor=actor, action="notice.withdrawn", subject=f"kit {slug}", version=version)


def check(new: NewNotice, known: Sequence[ContraindicationNotice], day: date) -> None:
    """Raises as `publish` does for what cannot be published on `day`, beside the versions there are."""
    if (known[0].version if known else None) != new.newest:
        raise WrongState("Someone has published another version meanwhile. Compare your text with it first.")
    if not day <= new.effective_from <= day + FARTHEST:
        raise BadInput("effective_from", "Choose a day from today to a year ahead.")
    text = checked(new.text)
    current = in_force(known, day)
    if current is not None and tidied(current.text) == text:
        raise BadInput("text", "This is the text that is in force already. Change it before you publish it.")


def add(
    session: Session, kit_id: int, text: str, effective_from: date, *, submission: str | None = None
) -> ContraindicationNotice:
    """Add a kit's next version as it is, e.g. the first one. Raises BadInput at `text`. Flushes, does not commit."""
    text = checked(text)
    notice = ContraindicationNotice(
        kit_id=kit_id,
        version=next_number(versions(session, kit_id)),
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        effective_from=effective_from,
        submission=submission,
    )
    session.add(notice)
    session.flush()
    return notice


def in_force(known: Sequence[ContraindicationNotice], day: date) -> ContraindicationNotice | None:
    """As `find_in_force`, out of versions that are at hand."""
    effective = [each for each in known if each.withdrawn_at is None and each.effective_from <= day]
    return max(effective, key=lambda each: (each.effective_from, each.id), default=None)


def is_coming(notice: ContraindicationNotice, day: date) -> bool:
    """True while the version can be withdrawn: it is not in force on `day` and was not withdrawn."""
    return notice.withdrawn_at is None and notice.effective_from > day


def one(known: Sequence[ContraindicationNotice], version: str) -> ContraindicationNotice:
    """The version with this number; raises NotFound."""
    for each in known:
        if each.version == version:
            return each
    raise NotFound("There is no such version of the notice.")


def next_number(known: Sequence[ContraindicationNotice]) -> str:
    """What the next version is called; a number is used once, also when its version was withdrawn."""
    return str(max((int(each.version) for each in known if re.fullmatch("[0-9]{1,9}", each.version)), default=0) + 1)


def locked(session: Session, slug: str) -> int:
    """The kit's id under its row lock: whoever changes its notice or its prices meanwhile waits. Raises NotFound."""
    kit_id = session.scalar(select(Kit.id).where(Kit.slug == slug)) if slug.isprintable() else None
    if kit_id is None:
        raise NotFound("There is no such kit.")
    session.execute(update(Kit).where(Kit.id == kit_id).values(published=Kit.published))
    return kit_id


def _made_by(known: Sequence[ContraindicationNotice], submission: str | None) -> ContraindicationNotice | None:
    return next((each for each in known if submission and each.submission == submission), None)
