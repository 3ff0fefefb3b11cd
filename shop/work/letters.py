"""Mails from templates: the text is written once, the HTML is the same words laid out."""

from __future__ import annotations

from flask import current_app, render_template

from shop.templating import words
from shop.work.mailing.layout import laid_out
from shop.work.outbox import Letter


def letter(subject: str, template: str, **about: object) -> Letter:
    """Render `<template>.txt` with `about`; its HTML is `<template>.html` if there is one, else the text laid out."""
    about = {"subject": subject, **words(), **about}
    text = render_template(f"{template}.txt", **about)
    own_or_laid_out = current_app.jinja_env.select_template([f"{template}.html", "shop/mails/letter.html"])
    return Letter(subject, text, render_template(own_or_laid_out, **about, parts=laid_out(text)))
