"""The versions of every kit's notice, and one of them; taking back one that is still to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import redirect, render_template, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kits import clock
from kits.catalogue import notice
from kits.catalogue.tables import ContraindicationNotice, Kit
from kits.errors import NotFound
from kits.host import session
from shop.admin.door import actor
from shop.admin.notices.difference import Line, difference
from shop.orders.tables import Acknowledgement
from shop.registers import registers

IN_FORCE, COMING, EARLIER, WITHDRAWN = "in force", "to come", "earlier", "withdrawn"


@dataclass(frozen=True)
class Version:
    """A version and where it stands on a day; `until` is the day on which the next one begins."""

    notice: ContraindicationNotice
    state: str
    until: date | None


@dataclass(frozen=True)
class Counts:
    """How many orders, and how many plans that run now, acknowledged each version, by the notice's id."""

    orders: dict[int, int]
    plans: dict[int, int]


def notices() -> str:
    """Every kit with the versions of its notice, the newest first."""
    current, today = session(), clock.today(clock.now())
    known: dict[int, list[ContraindicationNotice]] = {}
    for row in current.scalars(select(ContraindicationNotice).order_by(ContraindicationNotice.id.desc())):
        known.setdefault(row.kit_id, []).append(row)
    kits = current.scalars(select(Kit).order_by(Kit.name, Kit.id)).all()
    return render_template(
        "shop/admin/notices/list.html",
        kits=[(kit, history(known.get(kit.id, []), today)) for kit in kits],
        counts=counts(current),
    )


def one(kit: str, version: str) -> str:
    """One version: its text as customers see it, what it changed, and who acknowledged it."""
    current, today = session(), clock.today(clock.now())
    found = kit_of(current, kit)
    known = notice.versions(current, found.id)
    row = notice.one(known, version)
    return render_template(
        "shop/admin/notices/version.html",
        kit=found,
        version=next(each for each in history(known, today) if each.notice is row),
        difference=_since_the_one_before(known, row),
        counts=counts(current),
        said=request.args.get("said", ""),
    )


def withdraw(kit: str, version: str) -> Response:
    """Take it back while it is to come."""
    notice.withdraw(kit, version, actor=actor(), now=clock.now())
    return to_version(kit, version)


def to_version(kit: str, version: str, said: str | None = None) -> Response:
    """303 to a version's page."""
    return redirect(url_for("refillery_admin.notice", kit=kit, version=version, said=said), 303)


def kit_of(current: Session, slug: str) -> Kit:
    """The kit, on sale or not; raises NotFound."""
    found = current.scalars(select(Kit).where(Kit.slug == slug)).first()
    if found is None:
        raise NotFound("There is no such kit.")
    return found


def history(known: Sequence[ContraindicationNotice], day: date) -> list[Version]:
    """Each version as it stands on `day`; `known` is the newest first, as the answer is."""
    found, until, current = [], None, notice.in_force(known, day)
    for row in known:
        if row.withdrawn_at is not None:
            found.append(Version(row, WITHDRAWN, None))
            continue
        state = IN_FORCE if row is current else COMING if notice.is_coming(row, day) else EARLIER
        found.append(Version(row, state, until))
        until = row.effective_from
    return found


def counts(current: Session) -> Counts:
    """The counts of all versions of all kits; one statement for orders, and one a room that offers plans."""
    of_orders = select(Acknowledgement.notice_id, func.count()).group_by(Acknowledgement.notice_id)
    plans: dict[int, int] = {}
    for count in registers().plans_by_notice:
        for notice_id, some in count(current).items():
            plans[notice_id] = plans.get(notice_id, 0) + some
    return Counts({row[0]: row[1] for row in current.execute(of_orders)}, plans)


def _since_the_one_before(known: Sequence[ContraindicationNotice], row: ContraindicationNotice) -> list[Line]:
    """What a version changed in the one before it that was not withdrawn; empty for the first."""
    before = next((each for each in known if each.id < row.id and each.withdrawn_at is None), None)
    return difference(before.text, row.text) if before else []


ROUTES = (
    ("/notices", "notices", notices, ["GET"]),
    ("/notices/<kit>/<version>", "notice", one, ["GET"]),
    ("/notices/<kit>/<version>/withdraw", "withdraw_notice", withdraw, ["POST"]),
)
