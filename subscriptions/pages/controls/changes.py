"""The page of a plan's controls, what each would come to on GET, and making it on POST."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kits import clock, host
from kits.clock import today
from kits.errors import BadInput, Busy, NotFound, RefilleryError, WrongState
from shop.orders.basket import MOST_A_LINE
from shop.payments.gateway.contract import GatewayError
from shop.storefront.forms import Wrong, sentences, taken
from subscriptions import find
from subscriptions.controls.pauses import LONGEST
from subscriptions.pages.controls import addresses
from subscriptions.pages.controls.comparing import compared
from subscriptions.pages.controls.wishes import WISHES, Wish
from subscriptions.pages.controls.would import can_move, can_return, check, spacing
from subscriptions.pages.drawing import IN_WORDS, line_of
from subscriptions.plan.needs import LATEST_WEEKS
from subscriptions.tables import Subscription

Answer = Response | str | tuple[str, int]
AGAIN = "This cannot be done just now, and nothing has changed. Please try again in a minute."
ADDRESS_SAID = "Your refills go to the address below from now on."
TURNED_AWAY = (Wrong, BadInput, WrongState, Busy, GatewayError)


def overview(token: str, subscription_id: int) -> Answer:
    """The plan and every control; `?done=` says what was done last, and offers its way back."""
    plan, day = find.by_link(host.session(), token, subscription_id), today(clock.now())
    return _page(plan, day, **_done(plan, day))


def change(token: str, subscription_id: int, wish: str) -> Answer:
    """On GET what a wish would come to, on POST it is made."""
    kind = WISHES.get(wish)
    if kind is None:
        raise NotFound("There is no such page.")
    plan, now = find.by_link(host.session(), token, subscription_id), clock.now()
    try:
        if request.method == "GET":
            return _preview(plan, wish, kind, today(now))
        return _made(plan, wish, kind, now)
    except TURNED_AWAY as error:
        host.end_reads()
        return _refused(find.by_link(host.session(), token, subscription_id), kind, error, today(now))


def _preview(plan: Subscription, wish: str, kind: Wish, day: date) -> str:
    values = taken(kind.form, request.args)
    check(plan)
    seen = compared(plan, lambda known: kind.shown(plan, values, day, known), day)
    sent = {field: request.args[field] for field in kind.form().fields}
    return render_template(
        "subscriptions/controls/preview.html", plan=plan, wish=wish, title=kind.title(values), seen=seen, sent=sent
    )


def _made(plan: Subscription, wish: str, kind: Wish, now: datetime) -> Response:
    values = taken(kind.form, request.form)
    token, plan_id, former = plan.order.token, plan.id, kind.former(plan, values, today(now))
    host.end_reads()
    kind.made(plan_id, values, now)
    return redirect(url_for(".plan", token=token, subscription_id=plan_id, done=wish, **former), 303)


def _refused(plan: Subscription, kind: Wish, error: RefilleryError, day: date) -> tuple[str, int]:
    if isinstance(error, (Wrong, BadInput)):
        said = {_id(kind, field): sentence for field, sentence in sentences(error).items()}
        typed = {_id(kind, field): request.values.get(field, "") for field in kind.form().fields}
        return _page(plan, day, errors=said, typed=typed), 422
    if isinstance(error, WrongState):
        return _page(plan, day, problem=str(error)), 409
    return _page(plan, day, problem=AGAIN), 503


def _id(kind: Wish, field: str) -> str:
    """How a field is named on the page, where each refill has its own."""
    return f"{field}-{request.values.get('refill', '')}" if kind.of_refill and field != "refill" else field


def _done(plan: Subscription, day: date) -> dict[str, Any]:
    """The sentence about the change that was just made, and the wish that takes it back."""
    kind = WISHES.get(request.args.get("done", ""))
    if kind is None:
        return {"said": ADDRESS_SAID} if request.args.get("done") == "address" else {}
    try:
        undo = _undo_of(kind)
        values = taken(WISHES[undo].form, request.args) if undo else {}
        said = kind.said(plan, values, day)
    except (Wrong, NotFound):
        return {}
    return {
        "said": said,
        "undo": undo if said else "",
        "former": values,
        "at_once": undo != request.args["done"] or kind.of_refill,
    }


def _undo_of(kind: Wish) -> str:
    """The wish that takes back what was done: by how it was before, if it was anyhow."""
    was = kind.undone_by and any(field in request.args for field in WISHES[kind.undone_by].form().fields)
    return kind.undone_by if was else kind.ended_by


def _page(plan: Subscription, day: date, **more: Any) -> str:
    """Every control, each filled in as the plan stands, or as `typed` where something needs a change."""
    course = plan.course_on(day)
    stands = {
        **spacing(plan),
        "quantity": plan.quantity,
        **{f"weeks-{it.number}": it.moved_days // 7 for it in plan.refills},
    }
    return render_template(
        "subscriptions/controls/plan.html",
        plan=plan,
        line=line_of(plan, clock.now()),
        values={**stands, **more.pop("typed", {})},
        errors=more.pop("errors", {}),
        limits=plan.kit.limits,
        least=max(plan.kit.limits.min_sessions, step.number if (step := course.next_step(day)) else 0),
        next=step,
        paused=plan.paused_until(day),
        movable=[refill for refill in plan.refills if can_move(refill)],
        left_out=[refill for refill in plan.refills if can_return(refill)],
        in_words=IN_WORDS,
        most=MOST_A_LINE,
        latest=LATEST_WEEKS,
        first=day + timedelta(days=1),
        last=day + LONGEST,
        goes_to=addresses.of(plan),
        **more,
    )


ROUTES = (
    ("/change", "plan", overview, ["GET"]),
    ("/change/<wish>", "change", change, ["GET", "POST"]),
)
