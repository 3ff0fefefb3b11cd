"""What a kit's page says beside the plan: needles, what is in the box, the price per 100 ml, the cost at a clinic."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from sqlalchemy import update

from kits import host
from kits.catalogue.first_kit import SERUM
from kits.catalogue.tables import Item, Kit
from shop.orders.tables import Order
from shop.owner import facts
from tests.servers.client import Visitor
from tests.shop.storefront.conftest import Shopper, count, words

KIT = "/kits/mesotherapy-kit"
LONGER = "longer than most for use at home"


def change_kit(**values: object) -> None:
    with host.unit() as session:
        session.execute(update(Kit).values(**values))


def compare(now: datetime, **wanted: object) -> None:
    given = {"clinic_session": 15000, "clinic_source": "The Example Survey, 2026", **wanted}
    facts.change(given, actor="staff:1", now=now)


@pytest.mark.parametrize(("needle_um", "said", "warned"), [(250, "0.25 mm", False), (300, "0.30 mm", True)])
def test_long_needles_get_a_warning(client: Visitor, stocked: str, needle_um: int, said: str, warned: bool) -> None:
    change_kit(needle_um=needle_um)
    page = words(client.get(KIT))
    assert f"{said} long" in page
    assert (LONGER in page) is warned


def test_a_kit_with_needles_above_the_limit_is_nowhere_to_be_had(shopper: Shopper) -> None:
    shopper.add()
    filled_in = shopper.form()
    change_kit(needle_um=501)
    assert shopper.get(KIT).status_code == 404
    assert shopper.get(f"{KIT}/plan").status_code == 404
    assert "nothing on sale" in words(shopper.get("/"))
    assert shopper.get("/api/v1/kits").json == {"kits": []}
    assert shopper.get("/api/v1/notice?kit=mesotherapy-kit").status_code == 404
    assert KIT not in shopper.get("/sitemap.xml").text
    assert shopper.client.post("/checkout", data=filled_in).status_code == 404
    assert count(Order) == 0


def test_the_price_of_serum_per_100_ml_stands_beside_that_of_the_box(client: Visitor, stocked: str) -> None:
    with host.unit() as session:
        session.execute(update(Item).where(Item.sku == SERUM).values(millilitres=80, sealed=True))
    page = words(client.get(KIT))
    assert "£49.00 (£61.25 per 100 ml of serum)" in page
    assert "80 ml, sealed" in page
    assert "can go back only while its seal is whole" in page


def test_without_liquid_no_unit_price_is_made_up(client: Visitor, stocked: str) -> None:
    with host.unit() as session:
        session.execute(update(Item).values(millilitres=None))
    assert "per 100 ml" not in words(client.get(KIT))


def test_the_cost_at_a_clinic_follows_the_number_of_sessions(client: Visitor, stocked: str, now: datetime) -> None:
    compare(now)
    page = words(client.get(f"{KIT}?sessions=10&every_weeks=4"))
    assert "The whole plan at home, 10 sessions £187.00" in page
    assert "The same 10 sessions at a clinic £1,500.00" in page
    assert "The clinic’s figure: The Example Survey, 2026." in page
    fragment = client.get(f"{KIT}/plan?sessions=6&every_weeks=2")
    assert "The same 6 sessions at a clinic £900.00" in words(fragment)
    assert [float(width) for width in re.findall(r'<rect width="([\d.]+)%" height="14"', fragment.text)] == [9.89, 100]


def test_the_whole_plan_is_compared_whatever_is_bought_today(client: Visitor, stocked: str, now: datetime) -> None:
    compare(now)
    page = words(client.get(f"{KIT}?sessions=10&every_weeks=4&refills=0&quantity=2"))
    assert "The whole plan at home, 10 sessions £187.00" in page


@pytest.mark.parametrize("missing", [{"clinic_session": 0}, {"clinic_source": ""}])
def test_nothing_is_compared_without_a_figure_and_its_source(
    client: Visitor, stocked: str, now: datetime, missing: dict[str, object]
) -> None:
    compare(now, **missing)
    for path in ("/", KIT):
        assert "at a clinic" not in words(client.get(path))


def test_the_front_page_says_what_the_kit_page_says(client: Visitor, stocked: str, now: datetime) -> None:
    compare(now)
    page = client.get("/")
    said = words(page)
    for fact in ("1 × Dermaroller 0.25 mm", "The needles are 0.25 mm long", "clinic £1,500.00", "12 months", "£187.00"):
        assert fact in said
    assert f'href="{KIT}#who"' in page.text


def test_a_kit_with_nothing_to_say_has_no_empty_headings(client: Visitor, stocked: str) -> None:
    change_kit(how_to_use="", cleaning="", results="")
    said = words(client.get(KIT))
    for heading in ("How to use it Wash", "Cleaning", "When to look for results"):
        assert heading not in said


def test_what_the_owner_types_of_a_kit_does_no_harm(client: Visitor, stocked: str) -> None:
    hostile = "<script>alert(1)</script> [x](javascript:alert(1)) </script>"
    change_kit(**dict.fromkeys(("name", "summary", "description", "how_to_use", "cleaning", "results"), hostile))
    for path in ("/", KIT):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert 'href="javascript' not in page
