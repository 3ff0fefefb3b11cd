"""The admin's door: staff sign in with e-mail and password."""

from __future__ import annotations

import re

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.customers.signing_in import signed_in
from shop.customers.staff import members
from shop.doors import guard, limits
from shop.storefront.errors import answer
from shop.templating import speak, template_folder

HERE = re.compile(r"/(?![/\\])[!-~]*")
WRONG = "This e-mail and password do not go together."
TOO_OFTEN = "There were too many tries for this account. Wait a minute, then try again."


def blueprint() -> Blueprint:
    """`/admin/sign-in` and `/admin/sign-out`."""
    made = Blueprint("refillery_staff", __name__, url_prefix="/admin", template_folder=template_folder())
    guard(made, limit="sign-in")
    speak(made)
    answer(made)
    made.get("/sign-in")(sign_in)
    made.post("/sign-in", endpoint="let_in")(let_in)
    made.post("/sign-out")(sign_out)
    return made


def sign_in() -> ResponseReturnValue:
    """The form; `next` is the page to go on to."""
    return _form(request.args.get("next", ""))


def let_in() -> ResponseReturnValue:
    """Sign in, or say that it did not fit."""
    email, password, wanted = (request.form.get(name, "") for name in ("email", "password", "next"))
    if limits.spend(limits.STAFF_ACCOUNT, email.strip().lower()) is not None:
        return _form(wanted, TOO_OFTEN), 429
    member = members.sign_in(email, password)
    if member is None:
        return _form(wanted, WRONG), 401
    signed_in.remember_staff(member)
    return redirect(_safe(wanted), 303)


def sign_out() -> ResponseReturnValue:
    """Sign out and go back to the door."""
    signed_in.forget_staff()
    return redirect(url_for(".sign_in"), 303)


def _form(wanted: str, problem: str = "") -> str:
    return render_template("shop/staff_sign_in.html", wanted=_safe(wanted), problem=problem)


def _safe(wanted: str) -> str:
    """A path of this site: `//elsewhere` and what a browser reads as such leads to the admin instead."""
    return wanted if HERE.fullmatch(wanted) else url_for(".sign_in").removesuffix("sign-in")
