"""Only for whoever is signed in: everybody else is led to the account's door."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from flask import redirect, url_for

from shop.customers.signing_in.signed_in import current_customer
from shop.customers.tables import Customer

P = ParamSpec("P")


def signed_in(view: Callable[Concatenate[Customer, P], Any]) -> Callable[P, Any]:
    """Hand the view the customer who is signed in; others are sent to the form that asks for a link.

    Reading the customer opens a read: `end_reads` before a use case.
    """

    @wraps(view)
    def guarded(*args: P.args, **named: P.kwargs) -> Any:
        customer = current_customer()
        if customer is None:
            return redirect(url_for("refillery_account.home"), 303)
        return view(customer, *args, **named)

    return guarded
