"""The hosted page of a Checkout Session, and the bank's page for an intent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from flask import Flask, Response, make_response, redirect, render_template, request

from shop.sandbox.cards import CARDS
from shop.sandbox.checkout.ending import read_session
from shop.sandbox.checkout.paying import authenticate, pay, success_address
from shop.sandbox.clock import Clock
from shop.sandbox.errors import CardDeclined, StripeError
from shop.sandbox.hosted.bank import answer_bank, bank_asks
from shop.sandbox.payments.amounts import format_amount
from shop.sandbox.store.database import Database
from shop.sandbox.store.documents import HIDDEN, Document, Unit

Answer: TypeAlias = Any
"""What a Flask view may give."""


def open_pages(app: Flask, database: Database, clock: Clock, wake: Callable[[], None]) -> None:
    """Serve `/c/pay/<session>` and `/c/authenticate/<intent>`; `wake` is called after each POST."""
    pages = Pages(database, clock, wake)
    app.add_url_rule("/c/pay/<identifier>", "sandbox.pay", pages.pay, methods=["GET", "POST"])
    app.add_url_rule("/c/authenticate/<identifier>", "sandbox.bank", pages.bank, methods=["GET", "POST"])


@dataclass(frozen=True, slots=True)
class Pages:
    """The views; what they need to work."""

    database: Database
    clock: Clock
    wake: Callable[[], None]

    def pay(self, identifier: str) -> Answer:
        """The session's page; a POST pays it (303), declines (402) or asks to authenticate (200)."""
        with self.database.transaction() as connection:
            unit = Unit(connection, self.clock.now())
            session = unit.get("checkout.session", identifier)
            if session:
                session = read_session(unit, session)
            answer = _closed(session) or self._open(unit, session or {})
        self.wake()
        return answer

    def _open(self, unit: Unit, session: Document) -> Answer:
        if request.method == "GET":
            return show(session, unit)
        try:
            intent = _act(unit, session)
        except CardDeclined as error:
            return show(session, unit, str(error), 402)
        except StripeError as error:
            return show(session, unit, str(error), 409)
        if intent["status"] == "succeeded":
            return redirect(success_address(session), 303)
        return show(session, unit)

    def bank(self, identifier: str) -> Answer:
        """The bank's page for an intent confirmed with a `return_url`; a POST answers and goes back there (303)."""
        with self.database.transaction() as connection:
            unit = Unit(connection, self.clock.now())
            intent = bank_asks(unit, identifier)
            if intent is None:
                return _page("closed.html", 404, message="There is nothing to authenticate here.")
            if request.method == "GET":
                return _page("bank.html", intent=intent)
            back = answer_bank(unit, intent, passed=request.form.get("authenticate") == "complete")
        self.wake()
        return redirect(back, 303)


def _act(unit: Unit, session: Document) -> Document:
    """What the customer's POST asks for."""
    if "authenticate" in request.form:
        return authenticate(unit, session, passed=request.form["authenticate"] == "complete")
    return pay(unit, session, request.form.get("card", ""), request.form.get("expires", ""))


def _closed(session: Document | None) -> Answer | None:
    """The page of a session that can no longer be paid, or None."""
    if session is None:
        return _page("closed.html", 404, message="There is no such payment page.")
    if session["status"] == "complete":
        message = "This payment has been made. You will not be charged again."
        return _page("closed.html", 410, message=message, back=success_address(session))
    if session["status"] == "expired":
        message = "This payment page has expired. You have not been charged."
        return _page("closed.html", 410, message=message, back=session["cancel_url"])
    return None


def show(session: Document, unit: Unit, problem: str | None = None, status: int = 200) -> Response:
    """The page of an open session, with the bank's question when there is one."""
    kind = "payment_intent" if session["mode"] == "payment" else "setup_intent"
    intent = unit.get(kind, session[kind] or "")
    lines = [(each["description"], each["quantity"], _money(each)) for each in session[HIDDEN]["line_items"]]
    total = format_amount(session["amount_total"], session["currency"]) if lines else None
    asked = bool(intent and intent["status"] == "requires_action")
    return _page(
        "pay.html", status, session=session, lines=lines, total=total, cards=CARDS, asked=asked, problem=problem
    )


def _money(line: Document) -> str:
    return format_amount(line["amount_total"], line["currency"])


def _page(template: str, status: int = 200, **values: Any) -> Response:
    """A page that may load nothing but our stylesheet and send forms nowhere but here and back to the shop."""
    response = make_response(render_template(f"sandbox/{template}", **values), status)
    session = values.get("session") or {}
    shop = {_origin(session[name]) for name in ("success_url", "cancel_url") if session.get(name)}
    targets = " ".join(sorted(shop))
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none';"
        f" form-action 'self' {targets}".rstrip()
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
