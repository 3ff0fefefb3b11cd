"""The cards of a plan: saved on the gateway's page, or removed; shown on GET, done on POST."""

from __future__ import annotations

import logging

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kits import clock, host
from kits.errors import NotFound, RefilleryError
from shop.doors import guard
from shop.payments.cards import setups
from shop.payments.settle import settle_page
from shop.storefront.errors import answer, refusal
from shop.templating import speak, template_folder
from subscriptions import find
from subscriptions.cards import removing, saving
from subscriptions.cards.using import about
from subscriptions.pages.shown import of_plans, tried_at_once

log = logging.getLogger("refillery.subscriptions")
PATH = "/orders/<token>/refills/<int:subscription_id>/cards/<any(main, backup):role>"
SAID = {"saved", "waiting", "unavailable", "removed"}


def blueprint() -> Blueprint:
    """`/orders/<token>/refills/<id>/cards/main` and `…/backup`, for whoever has the order's link."""
    made = Blueprint("refillery_cards", __name__, template_folder=template_folder("subscriptions"))
    guard(made, refuse=refusal())
    speak(made)
    answer(made)
    made.get(PATH)(ask)
    made.post(PATH)(save)
    made.get(f"{PATH}/return")(returned)
    made.get(f"{PATH}/remove")(ask_removal)
    made.post(f"{PATH}/remove")(remove)
    return made


def ask(token: str, subscription_id: int, role: str) -> str:
    """Which card it is now, what saving another does, and the one button; `?said=` is what came of it."""
    said = request.args.get("said", "")
    return _page("card", token, subscription_id, role, said=said if said in SAID else "")


def save(token: str, subscription_id: int, role: str) -> Response:
    """To the gateway's page on which the card is saved."""
    plan_id = _plan_id(token, subscription_id)
    try:
        page = saving.save(plan_id, role, now=clock.now())
    except RefilleryError as error:
        if not error.retry:
            log.error("no card can be saved for subscription %s: %s", plan_id, type(error).__name__)
        return _to(token, plan_id, role, "unavailable")
    return redirect(page, 303) if page else _to(token, plan_id, role, "saved")


def returned(token: str, subscription_id: int, role: str) -> Response:
    """Back from the gateway's page: keep the card that was saved there. A second return changes nothing."""
    plan_id, page_id = _plan_id(token, subscription_id), request.args.get("page_id", "")
    if not setups.is_for(page_id, about(plan_id, role)):
        raise NotFound("There is no such page. Go back to your order and try again.")
    try:
        settle_page(page_id, now=clock.now())
    except RefilleryError as error:
        # The webhook or the worker settles it; the customer only waits a little longer.
        log.warning("settling on return failed: %s", type(error).__name__)
    return _to(token, plan_id, role, "saved" if setups.is_done(page_id) else "waiting")


def ask_removal(token: str, subscription_id: int, role: str) -> str:
    """What removing the card means, and the one button."""
    return _page("card_removal", token, subscription_id, role)


def remove(token: str, subscription_id: int, role: str) -> Response:
    """Remove the card; a second time nothing is left to remove."""
    plan_id = _plan_id(token, subscription_id)
    removing.remove(plan_id, role, actor="customer", now=clock.now())
    return _to(token, plan_id, role, "removed")


def _page(name: str, token: str, subscription_id: int, role: str, *, said: str = "") -> str:
    session, now = host.session(), clock.now()
    plan = find.by_link(session, token, subscription_id)
    shown = of_plans(session, [plan], now)[plan.id]
    return render_template(
        f"subscriptions/{name}.html",
        plan=plan,
        token=token,
        role=role,
        cards=shown,
        said=said,
        again=tried_at_once(session, shown, now) if role == "main" else None,
    )


def _plan_id(token: str, subscription_id: int) -> int:
    plan_id = find.by_link(host.session(), token, subscription_id).id
    host.end_reads()
    return plan_id


def _to(token: str, plan_id: int, role: str, said: str) -> Response:
    return redirect(url_for(".ask", token=token, subscription_id=plan_id, role=role, said=said), 303)
