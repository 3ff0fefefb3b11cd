"""What holds on every page: no script or style inside, no other host, no medical claim, our words in every app."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from shop.owner.claims import claims
from shop.templating import STATIC, asset, country, day, moment, template_folder
from tests.shop.storefront.conftest import Shopper, hidden, words

TEMPLATES = Path(template_folder())
OURS = [
    path
    for room in ("kits", "shop")
    for path in sorted((TEMPLATES / room).rglob("*.html"))
    if "mails" not in path.parts
]


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_template_has_no_inline_style_or_script_and_no_other_host(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", text)
    assert not re.search(r'<script(?![^>]*\ssrc=| type="application/ld\+json")', text)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', text)


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_every_form_that_posts_carries_its_token(path: Path) -> None:
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", path.read_text(), re.S):
        assert "{{ csrf() }}" in form


def test_the_style_sheet_touches_nothing_outside_our_pages() -> None:
    rules = re.sub(r"/\*.*?\*/", "", (STATIC / "shop.css").read_text(), flags=re.S)
    selectors = [each for block in re.findall(r"([^{}]+)\{", rules) for each in re.split(r",(?![^(]*\))", block)]
    assert [each.strip() for each in selectors if each.strip() and not each.strip().startswith((".rf-", "@"))] == []


def test_the_style_sheet_and_scripts_load_nothing_from_elsewhere() -> None:
    for path in (path for path in STATIC.iterdir() if path.suffix != ".png"):
        assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org)", path.read_text())


@pytest.mark.parametrize("path", ["/", "/kits/mesotherapy-kit", "/basket", "/checkout"])
def test_no_page_of_the_shop_makes_a_medical_claim(shopper: Shopper, path: str) -> None:
    shopper.add()
    assert claims(words(shopper.get(path))) == []


def test_every_page_has_one_heading_a_way_past_the_menu_and_its_language(shopper: Shopper) -> None:
    shopper.add()
    for path in ("/", "/kits/mesotherapy-kit", "/basket", "/checkout", "/kits/nothing", "/guide", "/terms"):
        page = shopper.get(path).text
        assert page.count("<h1") == 1
        assert 'href="#main"' in page
        assert '<html lang="en-GB">' in page


def test_ids_are_given_once_a_page(shopper: Shopper) -> None:
    shopper.add()
    shopper.add(sessions=6)
    for path in ("/", "/kits/mesotherapy-kit", "/basket", "/checkout", "/guide", "/terms"):
        ids = re.findall(r'\sid="([^"]+)"', shopper.get(path).text)
        assert sorted(ids) == sorted(set(ids))


def test_a_file_s_address_changes_with_the_file_so_it_may_be_kept_for_long(shopper: Shopper) -> None:
    with shopper.client.application.test_request_context():
        address = asset("shop.css")
    answer = shopper.get(address)
    assert re.search(r"\?v=[0-9a-f]{12}$", address)
    assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_pages_carry_a_strict_policy(shopper: Shopper) -> None:
    policy = shopper.get("/kits/mesotherapy-kit").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_days_and_moments_are_read_in_the_shop_s_zone(shopper: Shopper) -> None:
    assert day(date(2027, 4, 4)) == "Sun 4 April 2027"
    assert moment(datetime(2027, 7, 4, 23, 30, tzinfo=UTC)) == "Mon 5 July 2027, 00:30"


def test_a_country_is_named_and_an_unknown_code_stays() -> None:
    assert (country("GB"), country("ZZ9")) == ("United Kingdom", "ZZ9")


def test_a_host_s_own_pages_get_none_of_our_words(shopper: Shopper) -> None:
    assert hidden(shopper.get("/kits/mesotherapy-kit"), "csrf_token")
    names = shopper.client.application.jinja_env.globals.keys() | shopper.client.application.jinja_env.filters.keys()
    assert not names & {"money", "day", "moment", "clock", "asset", "shop_name", "basket_count"}
