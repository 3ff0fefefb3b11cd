"""What search engines and those who share a link are told agrees with what a person sees."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import update

from kits import Kits, host
from kits.catalogue.tables import Kit
from kits.tables import Base
from shop import Shop
from shop.owner import facts, pages
from tests.servers.client import Visitor
from tests.shop.storefront.conftest import words

KIT = "/kits/mesotherapy-kit"
SHOP = "http://127.0.0.1:5000"
PUBLIC = ["/", KIT, *(f"/{page}" for page in pages.PAGES)]
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def structured(client: Visitor, query: str = "") -> dict[str, Any]:
    """The data of the kit's page."""
    [block] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', client.get(KIT + query).text, re.S)
    found: dict[str, Any] = json.loads(block)
    return found


def tag(text: str, name: str) -> str:
    """What a meta tag says."""
    [found] = re.findall(rf'<meta (?:name|property)="{re.escape(name)}" content="([^"]*)">', text)
    return str(found)


def test_the_product_is_the_one_on_the_page(client: Visitor, stocked: str, now: datetime) -> None:
    facts.change({"trader_name": "Example Ltd"}, actor="staff:1", now=now)
    page, said = words(client.get(KIT)), structured(client)
    offer = said["offers"]
    assert (said["@type"], offer["@type"]) == ("Product", "Offer")
    assert said["name"] in page
    assert said["description"] in page
    assert f"£{offer['price']}" in page
    assert (offer["priceCurrency"], offer["price"]) == ("GBP", "89.00")
    assert (said["url"], offer["url"]) == (SHOP + KIT, SHOP + KIT)
    assert offer["seller"]["name"] == "Example Ltd"


def test_what_can_be_had_is_what_is_on_the_shelf(client: Visitor, stocked: str) -> None:
    assert structured(client)["offers"]["availability"] == "https://schema.org/InStock"


def test_without_stock_the_product_is_out_of_stock(client: Visitor, kit: str) -> None:
    assert structured(client)["offers"]["availability"] == "https://schema.org/OutOfStock"


def test_a_name_cannot_break_out_of_the_data(client: Visitor, stocked: str) -> None:
    name = "</script><script>alert(1)</script>&'\""
    with host.unit() as session:
        session.execute(update(Kit).values(name=name))
    assert structured(client)["name"] == name


def test_a_plan_that_cannot_be_has_no_product(client: Visitor, stocked: str) -> None:
    assert "ld+json" not in client.get(f"{KIT}?sessions=99").text


@pytest.mark.parametrize("path", PUBLIC)
def test_every_public_page_has_one_address_and_a_picture(client: Visitor, stocked: str, path: str) -> None:
    text = client.get(f"{path}?sessions=7").text
    address = SHOP + path
    assert re.findall(r'<link rel="canonical" href="([^"]+)">', text) == [address]
    assert tag(text, "og:url") == address
    assert tag(text, "og:type") == {"/": "website", KIT: "product"}.get(path, "article")
    assert tag(text, "og:title")
    assert 20 < len(tag(text, "description")) <= 200
    picture = tag(text, "og:image").removeprefix(SHOP)
    found = client.get(picture)
    assert found.content_type == "image/png"
    assert found.data.startswith(b"\x89PNG")


def test_the_sitemap_lists_what_is_public_and_when_it_changed(client: Visitor, stocked: str, now: datetime) -> None:
    pages.publish("terms", "Terms", "New terms.", actor="staff:1", now=now)
    answer = client.get("/sitemap.xml")
    assert answer.content_type == "application/xml; charset=utf-8"
    root = ElementTree.fromstring(answer.data)
    dates = {url.findtext(f"{SITEMAP}loc"): url.findtext(f"{SITEMAP}lastmod") for url in root}
    assert set(dates) == {SHOP + path for path in PUBLIC}
    assert dates[f"{SHOP}/terms"] == now.date().isoformat()
    assert dates[SHOP + KIT] == "2020-01-01"
    assert dates[f"{SHOP}/guide"] is None
    for address in dates:
        assert client.get(address.removeprefix(SHOP)).status_code == 200


def test_a_page_has_changed_when_a_fact_that_it_names_has(client: Visitor, stocked: str, now: datetime) -> None:
    later = now + timedelta(days=3)
    facts.change({"trader_name": "Example Ltd"}, actor="staff:1", now=later)
    assert client.get("/sitemap.xml").text.count(f"<lastmod>{later.date()}</lastmod>") == len(pages.PAGES)


def test_a_robot_finds_the_sitemap_and_stays_out_of_what_is_private(client: Visitor, app: Flask) -> None:
    answer = client.get("/robots.txt")
    assert answer.content_type == "text/plain; charset=utf-8"
    assert f"Sitemap: {SHOP}/sitemap.xml" in answer.text.splitlines()
    for path in ("/admin/", "/account/", "/orders/", "/basket", "/checkout"):
        assert f"Disallow: {path}" in answer.text.splitlines()


def test_in_a_host_the_sitemap_stands_under_the_prefix_and_robots_are_the_host_s(app: Flask) -> None:
    ours = ("SHOP_", "SQLALCHEMY_DATABASE")
    mounted = Flask("host")
    mounted.config.update({name: value for name, value in app.config.items() if name.startswith(ours)})
    SQLAlchemy(mounted, metadata=Base.metadata)
    Kits(mounted)
    Shop(mounted, url_prefix="/shop")
    visitor = Visitor(mounted)
    assert f"<loc>{SHOP}/shop/terms</loc>" in visitor.get("/shop/sitemap.xml").text
    assert visitor.get("/robots.txt").status_code == 404
    with mounted.app_context():
        host.engine().dispose()


def test_dates_of_the_future_are_not_told(client: Visitor, stocked: str, today: date) -> None:
    assert (today + timedelta(days=1)).isoformat() not in client.get("/sitemap.xml").text
