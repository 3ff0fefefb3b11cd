"""One page on how the shop runs by itself, read as it stands now."""

from __future__ import annotations

from flask import render_template, url_for

from kits import clock
from kits.host import session
from kits.settings import setting
from shop.watching import reading
from shop.watching.watch import Alarm


def watch() -> str:
    """What is watched, a few of the things that are meant where it is wrong, and the workers of the last day."""
    now, current = clock.now(), session()
    seen = reading.look(current, now)
    wrong = [(alarm, _some(alarm)) for alarm in seen.alarms]
    return render_template(
        "shop/admin/watching/watch.html",
        wrong=wrong,
        well=[each.title for each in reading.watches() if not seen.figures[each.kind]],
        workers=reading.workers(current),
        late=60 * float(setting("ALARM_WORKER_MINUTES")),
    )


def _some(alarm: Alarm) -> list[tuple[str, str]]:
    return [(title, url_for(endpoint, **values)) for title, endpoint, values in alarm.watch.some(clock.now())]


ROUTES = (("/watch", "watch", watch, ["GET"]),)
