"""Mails from templates: the text and the HTML of one letter."""

from __future__ import annotations

from flask import render_template

from kits.settings import setting
from shop.work.outbox import Letter


def letter(subject: str, template: str, **about: object) -> Letter:
    """Render `<template>.txt` and `<template>.html` with `about`, the subject and the shop's name."""
    about = {"subject": subject, "shop_name": setting("NAME"), **about}
    return Letter(subject, render_template(f"{template}.txt", **about), render_template(f"{template}.html", **about))
