"""Refunding a part of an order, or all of it, without a return; and asking again for a refund that failed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kits import clock
from kits.errors import BadInput, WrongState
from kits.host import end_reads, session
from kits.money import Money, written_amount
from shop.admin.door import actor
from shop.admin.orders.forms import an_id
from shop.admin.returns import forms
from shop.orders.find import order_by_number
from shop.orders.tables import PAID
from shop.papers.issuing import paying
from shop.payments.giving_back import by_hand, money_back
from shop.payments.tables import Refund
from shop.storefront.forms import Wrong, sentences, taken


def refund_order(number: str) -> str:
    """How much, and why; all that is left stands there to begin with."""
    return _page(number, {"submission": secrets.token_urlsafe(16)}, {})


def refunded_order(number: str) -> Response | tuple[str, int]:
    """Refund it, once a form."""
    order_id = order_by_number(session(), number).id
    end_reads()
    try:
        read = taken(forms.RefundForm, request.form)
        about = {name: read[name] for name in ("reason", "note", "reference")} | {"mark": read["submission"].strip()}
        money_back.by_staff(order_id, read["amount"], actor=actor(), now=clock.now(), **about)
    except (Wrong, BadInput) as error:
        end_reads()
        return _page(number, request.form, sentences(error)), 422
    except WrongState as error:
        end_reads()
        return _page(number, request.form, {"amount": str(error)}), 409
    return redirect(url_for("refillery_admin.order", number=number, _anchor="money"), 303)


def refund_again(refund_id: str) -> Response:
    """Ask once more for a refund that failed."""
    found = _refund(refund_id)
    row_id, number = found.id, found.payment.order.number
    end_reads()
    money_back.again(row_id, actor=actor(), now=clock.now())
    return redirect(url_for("refillery_admin.order", number=number, _anchor="money"), 303)


def pay_back(refund_id: str) -> str:
    """What is to be paid back by hand, and the reference of it once that is done."""
    return _hand_page(_refund(refund_id), {}, {})


def paid_back(refund_id: str) -> Response | tuple[str, int]:
    """It was paid back: note it, once."""
    found = _refund(refund_id)
    row_id, number = found.id, found.payment.order.number
    end_reads()
    try:
        reference = taken(forms.PaidBackForm, request.form)["reference"]
        by_hand.paid_back(row_id, reference, actor=actor(), now=clock.now())
    except (Wrong, BadInput) as error:
        end_reads()
        return _hand_page(_refund(refund_id), request.form, sentences(error)), 422
    except WrongState as error:
        end_reads()
        return _hand_page(_refund(refund_id), request.form, {"reference": str(error)}), 409
    return redirect(url_for("refillery_admin.order", number=number, _anchor="money"), 303)


def _hand_page(refund: Refund, values: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    order = refund.payment.order
    return render_template(
        "shop/admin/returns/pay_back.html",
        refund=refund,
        order=order,
        values={"reference": "", **values},
        errors=errors,
    )


def _refund(refund_id: str) -> Refund:
    found = session().get(Refund, an_id(refund_id) or 0)
    if found is None:
        abort(404)
    return found


def _page(number: str, values: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    current = session()
    order = order_by_number(current, number)
    left = Money(money_back.left(current, order), order.currency)
    return render_template(
        "shop/admin/returns/refund.html",
        order=order,
        left=left,
        unsent=order.state == PAID,
        paid=paying(current, order.id),
        reasons=forms.REASON_CHOICES,
        values={"amount": written_amount(left), "reason": "", "note": "", "reference": "", **values},
        errors=errors,
    )


ROUTES = (
    ("/orders/<number>/refund", "refund_order", refund_order, ["GET"]),
    ("/orders/<number>/refund", "refunded_order", refunded_order, ["POST"]),
    ("/refunds/<refund_id>/again", "refund_again", refund_again, ["POST"]),
    ("/refunds/<refund_id>/paid-back", "pay_back", pay_back, ["GET"]),
    ("/refunds/<refund_id>/paid-back", "paid_back", paid_back, ["POST"]),
)
