"""The calendar by its address: nobody need be signed in, no session is looked at."""

from __future__ import annotations

from flask import Blueprint, Response, request
from sqlalchemy import select

from kits import clock, host
from shop.doors import guard
from shop.storefront.errors import answer, refusal
from shop.templating import speak, template_folder
from subscriptions.calendar.address import found
from subscriptions.calendar.events import events
from subscriptions.calendar.writing import etag, written
from subscriptions.stops.stopping import stopped as is_stopped


def blueprint() -> Blueprint:
    """`/calendar/<token>.ics`. Not under `/orders`: calendar services heed robots.txt."""
    made = Blueprint("refillery_calendar", __name__, template_folder=template_folder("subscriptions"))
    guard(made, refuse=refusal())
    speak(made)
    answer(made)
    made.get("/calendar/<token>.ics")(feed)
    return made


def feed(token: str) -> Response:
    """The calendar; 304 for whoever has it as it is."""
    now = clock.now()
    plan = found(host.session(), token)
    stopped = bool(host.session().scalar(select(is_stopped(plan.id))))
    held = events(plan, clock.today(now), stopped=stopped)
    made = Response(written(plan, held, now), content_type="text/calendar; charset=utf-8")
    made.headers["Content-Disposition"] = 'inline; filename="plan.ics"'
    made.headers["Cache-Control"] = "private, no-cache"
    made.headers["X-Robots-Tag"] = "noindex"
    made.set_etag(etag(held), weak=True)
    made.make_conditional(request)
    return made
