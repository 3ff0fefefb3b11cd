"""The shop's facts as one form: who trades, VAT, and what a clinic's session costs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kits import clock
from kits.host import end_reads, session
from kits.settings import currency
from shop.admin.door import actor
from shop.admin.owner.forms import LONGEST_FACT, FactsForm, as_facts, tidied
from shop.owner import facts
from shop.owner.facts import Facts
from shop.storefront.forms import Wrong, taken

STALE = "Someone else has changed the facts meanwhile. Look them over and save again."


def show() -> str:
    """The form, as the facts stand."""
    return _page(_typed(facts.read(session())), {}, said=request.args.get("said", ""))


def save() -> Response | tuple[str, int]:
    """Set them all."""
    try:
        read = taken(FactsForm, tidied(request.form))
    except Wrong as error:
        return _page(request.form, error.errors), 422
    known = facts.read(session())
    if read["seen"] != digest(known):
        wanted = as_facts(read)
        if any(getattr(known, name) != value for name, value in wanted.items()):
            return _page({**request.form, "seen": digest(known)}, {"trader_name": STALE}), 409
    end_reads()
    changed = facts.change(as_facts(read), actor=actor(), now=clock.now())
    return redirect(url_for("refillery_admin.facts", said="saved" if changed else "same"), 303)


def digest(known: Facts) -> str:
    """What tells these facts from any other."""
    return hashlib.sha256(repr(known).encode()).hexdigest()


def _typed(known: Facts) -> dict[str, str]:
    """The facts as a person types them."""
    places = get_currency_precision(currency())
    pounds = Decimal(known.clinic_session).scaleb(-places)
    return {
        **{name: str(value) for name, value in vars(known).items()},
        "vat_percent": f"{Decimal(known.vat_permille) / 10:f}",
        "clinic_pounds": f"{pounds:.{places}f}" if known.clinic_session else "",
        "seen": digest(known),
    }


def _page(values: Mapping[str, Any], errors: dict[str, str], said: str = "") -> str:
    return render_template("shop/admin/owner/facts.html", values=values, errors=errors, said=said, longest=LONGEST_FACT)


ROUTES = (
    ("/facts", "facts", show, ["GET"]),
    ("/facts", "save_facts", save, ["POST"]),
)
