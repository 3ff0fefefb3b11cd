"""The same as `flask shop check`, with a link to where each thing is put right."""

from __future__ import annotations

from flask import render_template

from kits import clock
from shop.checking.check import LOOK, MISSING, WELL
from shop.checking.looking import look


def check() -> str:
    """What is missing, what is worth a look, and what is well, in this order."""
    found = look(clock.now())
    by_level = {level: [each for each in found if each.level == level] for level in (MISSING, LOOK, WELL)}
    return render_template("shop/admin/checking/check.html", **by_level)


ROUTES = (("/check", "check", check, ["GET"]),)
