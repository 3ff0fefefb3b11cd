"""Where our templates stand, and the words that each of them may use.

Nothing is registered on the host's Jinja environment: a blueprint of ours
gets its words through `speak(blueprint)`, a mail through `**words()`.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from flask import url_for
from flask.sansio.blueprints import Blueprint

from kits.dates import written
from kits.money import Money
from kits.settings import setting, timezone
from shop.owner.facts import shown
from shop.owner.markdown import html

STATIC = Path(__file__).parent / "storefront" / "static"


def template_folder(package: str = "shop") -> str:
    """The folder that holds `<package>/…` templates: inside an installed package, else the checkout's own."""
    root = Path(__file__).parent.parent
    inside = root / package / "templates"
    return str(inside if inside.is_dir() else root / "templates")


def speak(blueprint: Blueprint) -> None:
    """Give the templates of `blueprint` our words."""
    blueprint.context_processor(words)


def words() -> dict[str, Any]:
    """What our templates may use beside what their views hand them."""
    from shop.storefront import frame
    from shop.storefront.kept import basket_count

    return {**lasting_words(), "basket_count": basket_count, "facts": shown, "frame": frame}


def lasting_words() -> dict[str, Any]:
    """Those of them that are the same for every visitor and at any time."""
    return {
        "markdown": html,
        "money": Money,
        "day": day,
        "moment": moment,
        "clock": clock,
        "asset": asset,
        "country": country,
        "shop_name": setting("NAME"),
    }


def day(when: date | datetime) -> str:
    """A day as `Sun 4 April 2027`; a moment by the shop's calendar."""
    return written(when.astimezone(timezone()).date() if isinstance(when, datetime) else when)


def moment(when: datetime) -> str:
    """A moment as `Sun 4 April 2027, 09:00`, in the shop's zone."""
    return f"{day(when)}, {clock(when)}"


def clock(when: datetime) -> str:
    """The time of day as `09:00`, in the shop's zone."""
    return f"{when.astimezone(timezone()):%H:%M}"


def country(code: str) -> str:
    """The English name of a country by its ISO 3166 code."""
    return str(Locale("en", "GB").territories.get(code, code))


def asset(name: str) -> str:
    """The address of a file of ours, which changes when the file does, so that browsers may keep it."""
    return url_for("refillery_storefront.static", filename=name, v=_digest(name))


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
