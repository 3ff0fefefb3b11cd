"""Withdrawing from a contract in two steps: choose, then confirm. Works from the order's own link."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kits import clock
from kits.errors import BadInput
from kits.host import end_reads, session
from shop.orders.find import order_by_token
from shop.orders.tables import Order
from shop.owner import facts
from shop.payments.giving_back import money_back
from shop.returns import right
from shop.returns.lists import of_order
from shop.returns.tables import ReturnItem
from shop.returns.withdrawing import withdrawal
from shop.returns.withdrawing.goods import Goods, Key, goods_of
from shop.returns.withdrawing.withdrawal import Chosen
from shop.storefront.forms import Wrong, sentences
from shop.storefront.withdrawal_form import as_sent, offered, read

LONGEST_MARK = 64


def withdraw(token: str) -> str:
    """Step 1: choose what to withdraw from."""
    current = session()
    found = order_by_token(current, token)
    withdrawal.check_right(current, found, clock.now())
    return _choose(found, goods_of(current, found), request.args, {})


def confirm(token: str) -> str | tuple[str, int]:
    """Step 2: what was chosen, what follows from it, and the one button."""
    now, current = clock.now(), session()
    found = order_by_token(current, token)
    withdrawal.check_right(current, found, now)
    goods = goods_of(current, found)
    try:
        chosen = read(goods, request.args)
        items = withdrawal.check_chosen(goods, chosen)
    except (Wrong, BadInput) as error:
        return _refused(found, goods, request.args, error), 422
    return render_template(
        "shop/returns/confirm.html",
        order=found,
        items=items,
        fields=as_sent(goods, request.args),
        submission=secrets.token_urlsafe(16),
        **_what_follows(current, found, goods, chosen, items),
        send_by=clock.today(now) + right.SEND_BACK,
        shop=facts.shown(),
    )


def declare(token: str) -> Response | tuple[str, int]:
    """Withdraw, once a form, and show the acknowledgement."""
    now, current = clock.now(), session()
    found = order_by_token(current, token)
    mark = request.form.get("submission", "").strip()[:LONGEST_MARK]
    if not mark or not mark.isprintable():
        return redirect(url_for("refillery_storefront.withdraw", token=token), 303)
    number = withdrawal.known(current, found, mark)
    try:
        if number is None:
            order_id, chosen = found.id, read(goods_of(current, found), request.form)
            end_reads()
            number = withdrawal.declare(order_id, chosen, submission=mark, now=now)
    except (Wrong, BadInput) as error:
        end_reads()
        found = order_by_token(session(), token)
        number = withdrawal.known(session(), found, mark)  # the same form, sent twice at once
        if number is None:
            return _refused(found, goods_of(session(), found), request.form, error), 422
    return redirect(url_for("refillery_storefront.withdrawn", token=token, number=number), 303)


def withdrawn(token: str, number: int) -> str:
    """A withdrawal or return as it stands, and how to send the goods back."""
    found = order_by_token(session(), token)
    row = next((each for each in of_order(session(), found) if each.number == number), None)
    if row is None:
        abort(404)
    return render_template("shop/returns/withdrawn.html", order=found, row=row, shop=facts.shown())


def _choose(found: Order, goods: Sequence[Goods], values: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    return render_template(
        "shop/returns/withdraw.html",
        order=found,
        offers=offered(goods),
        values=values,
        errors=errors,
        last_day=right.last_day(found, right.days_of(session(), found)),
        sealed=any(each.item.sealed and each.there for each in goods),
    )


def _refused(found: Order, goods: Sequence[Goods], values: Mapping[str, Any], error: Wrong | BadInput) -> str:
    withdrawal.check_right(session(), found, clock.now())
    return _choose(found, goods, values, sentences(error))


def _what_follows(
    current: Session, found: Order, goods: Sequence[Goods], chosen: Mapping[Key, Chosen], items: Sequence[ReturnItem]
) -> dict[str, Any]:
    """What becomes of the plans, and what goes back when, in minor units."""
    kept = withdrawal.kept_of(goods, chosen)
    plans = [(line, kept.get(line.id, line.quantity)) for line in found.lines if line.refills]
    whole = withdrawal.is_whole_unsent(found, goods, chosen)
    return {
        "ends": any(not left for _, left in plans),
        "fewer": [left for line, left in plans if 0 < left < line.quantity],
        "at_once": money_back.left(current, found) if whole else sum(each.amount for each in items if not each.sent),
        "later": sum(each.amount for each in items if each.sent),
        "coming": any(each.sent and each.units for each in items),
        "opened": any(each.opened for each in items),
    }


_IN = "/orders/<token>/withdraw"
ROUTES = (
    (_IN, "withdraw", withdraw, ["GET"]),
    (f"{_IN}/confirm", "withdraw_confirm", confirm, ["GET"]),
    (_IN, "withdraw_declare", declare, ["POST"]),
    ("/orders/<token>/withdrawals/<int:number>", "withdrawn", withdrawn, ["GET"]),
)
