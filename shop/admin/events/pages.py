"""The list of events from Stripe, and the button that works on one again."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kits import clock
from kits.errors import NotFound, RefilleryError
from kits.host import end_reads, session
from shop.admin.door import actor
from shop.admin.events import lists
from shop.admin.orders.forms import an_id
from shop.payments import webhooks
from shop.storefront.forms import UNREADABLE


def events() -> str:
    """The newest events; `?state=waiting` and `?name=` pick some, `?before=` goes on."""
    return _page("")


def replay(row_id: int) -> Response | tuple[str, int]:
    """Work on an event once more; a problem is told on the list, and the worker goes on with it."""
    try:
        webhooks.replay(row_id, actor=actor(), now=clock.now())
    except NotFound:
        raise
    except RefilleryError as error:
        end_reads()
        return _page(str(error)), 409
    state, name = request.form.get("state") or None, request.form.get("name") or None
    return redirect(url_for("refillery_admin.events", state=state, name=name, _anchor=f"event-{row_id}"), 303)


def _page(problem: str) -> str:
    name = request.values.get("name", "").strip()
    waiting, readable = request.values.get("state", "") == lists.WAITING, name.isprintable()
    current, before = session(), an_id(request.args.get("before", ""))
    found = lists.events(current, waiting=waiting, name=name, before=before) if readable else ()
    page = found[: lists.A_PAGE]
    return render_template(
        "shop/admin/events/list.html",
        events=page,
        more=page[-1].id if len(found) > len(page) else None,
        waiting=waiting,
        count=lists.count_waiting(current),
        name=name if readable else "",
        problem=problem or ("" if readable else UNREADABLE),
    )


ROUTES = (
    ("/events", "events", events, ["GET"]),
    ("/events/<int:row_id>/replay", "event_replay", replay, ["POST"]),
)
