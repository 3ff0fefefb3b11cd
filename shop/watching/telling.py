"""The duty that looks at what is watched, keeps how it stands, and writes to the shop's owner."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kits.host import end_reads, session, unit
from kits.settings import setting
from shop.links import external
from shop.watching.reading import look, watches
from shop.watching.standing import Standing, after
from shop.watching.tables import AlarmRow
from shop.watching.watch import Alarm
from shop.work.letters import letter
from shop.work.outbox import Letter, post
from shop.work.timetable import periodic

Write = Callable[[Sequence[Alarm]], Letter]


def look_after_shop(now: datetime) -> None:
    """Look, keep what changed, and write at most one mail of what is wrong and one of what is over. Commits."""
    _enter()
    patience = 60 * float(setting("ALARM_AFTER_MINUTES"))
    wrong, over = list[tuple[Alarm, int]](), list[tuple[Alarm, int]]()
    with unit() as current:
        # Locked first, so that of two workers that look at once one tells.
        rows = {row.kind: row for row in current.scalars(select(AlarmRow).order_by(AlarmRow.id).with_for_update())}
        seen = look(current, now)
        for watch in watches():
            row, figure = rows[watch.kind], seen.figures[watch.kind]
            was = Standing(row.changed, row.raised, row.told)
            stands, word = after(was, figure != 0, seen.at, patience)
            row.changed, row.raised, row.told, row.figure = stands.changed, stands.raised, stands.told, figure
            if word is not None:
                row.letters += 1
                (over if word == "over" else wrong).append((Alarm(watch, figure), row.letters))
        _tell(current, wrong, alarm_letter, now)
        _tell(current, over, over_letter, now)


def alarm_letter(alarms: Sequence[Alarm]) -> Letter:
    """What the owner reads when something is wrong, and once a day while it is."""
    return letter("Please look at the shop", "shop/mails/alarm", alarms=alarms, url=external("refillery_admin.watch"))


def over_letter(alarms: Sequence[Alarm]) -> Letter:
    """What the owner reads when it is well again."""
    about = {"titles": [alarm.watch.title for alarm in alarms], "url": external("refillery_admin.watch")}
    return letter("An alarm is over", "shop/mails/alarm_over", **about)


def _tell(current: Session, told: Sequence[tuple[Alarm, int]], write: Write, now: datetime) -> None:
    owner = str(setting("OWNER_EMAIL"))
    if told and owner:
        key = "alarm:" + ",".join(f"{alarm.kind}.{number}" for alarm, number in told)
        post(current, key, owner, write([alarm for alarm, _ in told]), now=now)


def _enter() -> None:
    """A row for each kind; another worker may enter one at the same moment."""
    known = set(session().scalars(select(AlarmRow.kind)))
    end_reads()
    for kind in (watch.kind for watch in watches() if watch.kind not in known):
        with suppress(IntegrityError), unit() as current:
            current.execute(insert(AlarmRow).values(kind=kind, figure=0, letters=0))


ALARM_DUTY = periodic("alarms", timedelta(minutes=1), look_after_shop)
