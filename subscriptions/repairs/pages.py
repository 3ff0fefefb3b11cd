"""A plan for staff: its refills, and what can be done for each. Every page shows what it does on GET, acts on POST."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kits import clock, host
from kits.errors import BadInput, Busy, SoldOut, WrongState
from shop.admin import PROBLEM
from shop.admin.door import actor, staff_only
from shop.admin.orders.forms import LONGEST_MARK
from shop.doors import guard
from shop.payments.gateway.contract import GatewayError
from shop.storefront.errors import answer, refusal
from shop.storefront.forms import Form, Wrong, filled, sentences, taken, tick, words
from shop.templating import speak, template_folder
from subscriptions.pages.drawing import IN_WORDS
from subscriptions.repairs import cancelling, charging, replacing, shown
from subscriptions.repairs.asked import Asked, refill_with
from subscriptions.repairs.shown import CANCEL, CHARGE, REPLACE

Page = Response | tuple[str, int]
UNKNOWN = "Stripe has not said what came of it. The worker finds that out by itself: look again in a minute."
STALE = "Load the page again."


class RepairForm(Form):
    """Why; `submission` is one a form, `again` that what was replaced before is replaced once more."""

    reason = words()
    again = tick()
    submission = filled(STALE)


def blueprint() -> Blueprint:
    """`/admin/plans/<id>` and `/admin/refills/<id>/…`, for staff alone."""
    made = Blueprint(
        "refillery_repairs", __name__, url_prefix="/admin", template_folder=template_folder("subscriptions")
    )
    staff_only(made)
    made.get("/plans/<int:subscription_id>")(plan)
    for do, view in ((CHARGE, charge), (CANCEL, cancel), (REPLACE, replace)):
        made.add_url_rule(f"/refills/<int:refill_id>/{do}", f"ask_{do}", _asking(do), methods=["GET"])
        made.add_url_rule(f"/refills/<int:refill_id>/{do}", do, view, methods=["POST"])
    speak(made)
    answer(made, PROBLEM)
    guard(made, refuse=refusal(PROBLEM))
    return made


def plan(subscription_id: int) -> str:
    """The plan with its refills: state, days, attempts, and what can be done for each."""
    found = shown.plan(host.session(), subscription_id)
    return render_template("subscriptions/admin/repairs/plan.html", shown=found, in_words=IN_WORDS)


def charge(refill_id: int) -> Page:
    """Charge it now."""
    return _act(CHARGE, refill_id, lambda asked, _: charging.charge_now(refill_id, asked, now=clock.now()))


def cancel(refill_id: int) -> Page:
    """Cancel it."""
    return _act(CANCEL, refill_id, lambda asked, _: cancelling.cancel(refill_id, asked, now=clock.now()))


def replace(refill_id: int) -> Page:
    """Send its box once more."""

    def work(asked: Asked, again: bool) -> None:
        replacing.replace(refill_id, asked, again=again, now=clock.now())

    return _act(REPLACE, refill_id, work)


def _asking(do: str) -> Callable[[int], str]:
    def ask(refill_id: int) -> str:
        return _page(do, refill_id, {"submission": secrets.token_urlsafe(16)}, {})

    return ask


def _act(do: str, refill_id: int, work: Callable[[Asked, bool], object]) -> Page:
    """Do it, once a form; what cannot be is said on its page."""
    refill = refill_with(host.session(), refill_id)
    plan_id, number = refill.subscription_id, refill.number
    host.end_reads()
    try:
        read = taken(RepairForm, request.form)
        if len(read["submission"]) > LONGEST_MARK:
            raise BadInput("submission", STALE)
        work(Asked(read["reason"], read["submission"].strip(), actor()), read["again"])
    except (Wrong, BadInput) as error:
        return _again(do, refill_id, sentences(error), 422)
    except (WrongState, SoldOut, Busy) as error:
        return _again(do, refill_id, {"reason": str(error)}, 409)
    except GatewayError as error:
        return _again(do, refill_id, {"reason": UNKNOWN if error.retry and do == CHARGE else str(error)}, 503)
    return redirect(url_for(".plan", subscription_id=plan_id, _anchor=f"refill-{number}"), 303)


def _again(do: str, refill_id: int, errors: dict[str, str], status: int) -> tuple[str, int]:
    host.end_reads()
    return _page(do, refill_id, request.form, errors), status


def _page(do: str, refill_id: int, values: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    session = host.session()
    refill = refill_with(session, refill_id)
    return render_template(
        f"subscriptions/admin/repairs/{do}.html",
        refill=refill,
        plan=refill.subscription,
        seen=shown.before(do, session, refill, clock.now()),
        in_words=IN_WORDS,
        values={"reason": "", **values},
        errors=errors,
    )
