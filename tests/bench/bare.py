"""The least that does the job: a bare Flask page, and the same purchase with the least SQL and one SDK call."""

from __future__ import annotations

import os
import uuid

import stripe
from flask import Flask, redirect, render_template, request, session
from jinja2 import DictLoader
from sqlalchemy import create_engine, text

engine = create_engine(os.environ["DATABASE_URL"], pool_size=8)
app = Flask(__name__)
app.secret_key = "bench"
stripe_client = stripe.StripeClient(
    os.environ["STRIPE_SECRET_KEY"], base_addresses={"api": os.environ["STRIPE_API_BASE"]}
)
TAKE = "UPDATE bare_kit SET stock = stock - 1 WHERE slug = :slug AND stock > 0"
WRITE = "INSERT INTO bare_order (number, email) VALUES (:number, :email)"
PRICE = {"currency": "gbp", "unit_amount": 8900, "product_data": {"name": "Kit"}}
PAGE = "<!doctype html><title>{{ name }}</title><h1>{{ name }}</h1>" + "<p>{{ text }}</p>" * 12
app.jinja_loader = DictLoader({"page.html": PAGE})  # a file's template, compiled once


@app.get("/kits/<slug>")
def kit(slug: str) -> str:
    """One indexed SELECT, a page of 5 kB."""
    with engine.connect() as connection:
        found = connection.execute(text("SELECT name, price FROM bare_kit WHERE slug = :slug"), {"slug": slug}).one()
    return render_template("page.html", name=found.name, text="x" * 400)


@app.post("/basket")
def basket() -> object:
    """Keep what was chosen."""
    session["basket"] = request.form["kit"]
    return redirect("/checkout")


@app.get("/checkout")
def form() -> str:
    """What is in the basket, on a page of the same size; no SELECT, as the least that does the job."""
    return render_template("page.html", name=session["basket"], text="x" * 400)


@app.post("/checkout")
def checkout() -> object:
    """Take stock, write an order, open a payment page."""
    number = uuid.uuid4().hex
    with engine.begin() as connection:
        assert connection.execute(text(TAKE), {"slug": session["basket"]}).rowcount == 1
        connection.execute(text(WRITE), {"number": number, "email": request.form["email"]})
    page = stripe_client.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "line_items": [{"quantity": 1, "price_data": PRICE}],
            "success_url": "http://127.0.0.1/done",
        }
    )
    return redirect(str(page.url), 303)
