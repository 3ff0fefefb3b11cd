"""Agreeing to take something back though nobody withdrew, from the order's page."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kits import clock
from kits.errors import BadInput, WrongState
from kits.host import end_reads, session
from shop.admin.door import actor
from shop.admin.returns import forms
from shop.orders.find import order_by_number
from shop.returns.desk import goodwill
from shop.returns.withdrawing.goods import goods_of
from shop.storefront.forms import Wrong, sentences, taken


def agree_return(number: str) -> str:
    """What is with the customer, and how many of each are to come back."""
    return _page(number, {"submission": secrets.token_urlsafe(16)}, {})


def agreed_return(number: str) -> Response | tuple[str, int]:
    """Agree, once a form, and tell the customer how to send it."""
    current = session()
    order = order_by_number(current, number)
    order_id, names = order.id, {f"units-{line}-{item}": (line, item) for line, item in _keys(order)}
    end_reads()
    try:
        read = taken(forms.AgreeForm, request.form)
        wanted = {names[name]: count for name, count in forms.units(request.form, names).items()}
        mark = read["submission"].strip()
        goodwill.agree(order_id, wanted, note=read["note"], actor=actor(), now=clock.now(), mark=mark)
    except (Wrong, BadInput) as error:
        end_reads()
        return _page(number, request.form, sentences(error)), 422
    except WrongState as error:
        end_reads()
        return _page(number, request.form, {"units": str(error)}), 409
    return redirect(url_for("refillery_admin.order", number=number, _anchor="returns"), 303)


def _keys(order: Any) -> list[tuple[int, int]]:
    return [each.key for each in goods_of(session(), order)]


def _page(number: str, values: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    current = session()
    order = order_by_number(current, number)
    there = [each for each in goods_of(current, order) if each.there]
    return render_template(
        "shop/admin/returns/agree.html", order=order, there=there, values=values, errors=errors
    )  # fmt: skip


ROUTES = (
    ("/orders/<number>/take-back", "agree_return", agree_return, ["GET"]),
    ("/orders/<number>/take-back", "agreed_return", agreed_return, ["POST"]),
)
