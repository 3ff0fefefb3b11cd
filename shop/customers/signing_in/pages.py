"""The customer's door: asking for a link by mail, to sign in or to an order, and using it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kits import clock
from kits.errors import BadInput, NotFound
from shop.customers.forms import NO_NUMBER, LookUpForm, SignInForm
from shop.customers.signing_in import asking, links, signed_in
from shop.doors import guard
from shop.storefront.errors import answer, refusal
from shop.storefront.forms import Wrong, sentences, taken
from shop.templating import speak, template_folder

LONGEST_NUMBER = 40


def blueprint() -> Blueprint:
    """`/account/sign-in/<token>`, `/orders`, and what the account's door sends."""
    made = Blueprint("refillery_sign_in", __name__, template_folder=template_folder())
    guard(made, limit="sign-in", refuse=refusal())
    speak(made)
    answer(made)
    made.post("/account/")(ask)
    made.get("/account/sign-in/<token>")(link)
    made.post("/account/sign-in/<token>", endpoint="use")(use)
    made.get("/orders")(look_up)
    made.post("/orders", endpoint="mail_order")(mail_order)
    return made


def ask() -> ResponseReturnValue:
    """Mail a link, if the address is a customer's; the answer is the same for every address."""
    try:
        wanted = taken(SignInForm, request.form)
    except Wrong as error:
        return render_template("shop/sign_in.html", values=request.form, errors=sentences(error)), 422
    asking.ask(wanted["email"], clock.now())
    return render_template("shop/sign_in_sent.html")


def link(token: str) -> ResponseReturnValue:
    """What the mailed link opens: a button. Mail scanners that open it use nothing up."""
    usable = links.leads_in(token, clock.now())
    return render_template("shop/sign_in_link.html", token=token, usable=usable), 200 if usable else 404


def use(token: str) -> ResponseReturnValue:
    """Use the link, once."""
    try:
        led = links.use_link(token, clock.now())
    except NotFound:
        return render_template("shop/sign_in_link.html", token=token, usable=False), 404
    signed_in.remember_customer(led)
    return redirect(url_for("refillery_account.home"), 303)


def look_up() -> str:
    """The form that looks for an order."""
    return render_template("shop/look_up.html", values={}, errors={})


def mail_order() -> ResponseReturnValue:
    """Mail the order's link, if the number and the address belong together; the answer is the same for all."""
    try:
        wanted = taken(LookUpForm, request.form)
        if len(wanted["number"]) > LONGEST_NUMBER:
            raise BadInput("number", NO_NUMBER)
    except (Wrong, BadInput) as error:
        return render_template("shop/look_up.html", values=request.form, errors=sentences(error)), 422
    asking.ask(wanted["email"], clock.now(), order_number=asking.as_numbered(wanted["number"]))
    return render_template("shop/look_up_sent.html")
