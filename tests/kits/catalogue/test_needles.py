"""Needles: a warning above one length, nothing sold for use at home above another."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from kits import host
from kits.catalogue import kit_texts, needles
from kits.catalogue.kits import kit_by_slug, published_kits
from kits.catalogue.tables import Kit
from kits.errors import BadInput, NotFound


def lengthen(needle_um: int) -> None:
    with host.unit() as session:
        session.query(Kit).update({"needle_um": needle_um})


def sold(now: datetime) -> bool:
    """True when the kit is listed and found; the two agree."""
    listed = bool(published_kits(host.session(), now))
    try:
        kit_by_slug(host.session(), "mesotherapy-kit", now)
    except NotFound:
        assert not listed
        return False
    else:
        assert listed
        return True
    finally:
        host.end_reads()


@pytest.mark.parametrize(("needle_um", "warned"), [(200, False), (250, False), (251, True), (500, True)])
def test_a_warning_stands_beside_needles_above_a_quarter_millimetre(needle_um: int, warned: bool, app: Flask) -> None:
    assert needles.needs_warning(needle_um) is warned


@pytest.mark.parametrize(("needle_um", "is_sold"), [(250, True), (500, True), (501, False), (1500, False)])
def test_above_half_a_millimetre_no_kit_is_sold(needle_um: int, is_sold: bool, kit: str, now: datetime) -> None:
    lengthen(needle_um)
    assert sold(now) is is_sold


def test_a_kit_with_needles_too_long_is_not_put_on_sale(kit: str, now: datetime) -> None:
    kit_texts.take_off_sale(kit, actor="staff:1", now=now)
    lengthen(501)
    with pytest.raises(BadInput, match=r"0\.501 mm are too long .* up to 0\.50 mm") as refused:
        kit_texts.put_on_sale(kit, actor="staff:1", now=now)
    assert refused.value.field == "published"
    assert not sold(now)


def test_the_limits_are_settings(app: Flask, kit: str, now: datetime) -> None:
    app.config.update(SHOP_NEEDLE_LIMIT_UM=200, SHOP_NEEDLE_WARNING_UM=100)
    assert needles.needs_warning(150)
    assert not sold(now)
    app.config["SHOP_NEEDLE_LIMIT_UM"] = 250
    assert sold(now)
