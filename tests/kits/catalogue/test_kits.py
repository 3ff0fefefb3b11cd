"""Looking up kits: what is on sale, at the price of the moment, with the notice of the day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from kits import host
from kits.catalogue.first_kit import KIT_PRICE, REFILL_PRICE, ROLLER, SERUM, SLUG
from kits.catalogue.kits import item_by_sku, kit_by_slug, published_kits
from kits.catalogue.notice import notice_in_force
from kits.catalogue.retiring import in_force, retire
from kits.catalogue.session_plan import SessionPlan
from kits.catalogue.tables import Item, Kit, Price
from kits.errors import NotFound
from kits.money import Money
from tests.bench.statements import counted


def offer(now: datetime) -> tuple[int, int]:
    """What the kit and a refill cost at `now`."""
    found = kit_by_slug(host.session(), SLUG, now)
    host.end_reads()
    return found.price.amount, found.refill_price.amount


def change(kind: str, amount: int, since: datetime) -> None:
    with host.unit() as session:
        kit_id = session.scalars(select(Kit.id)).one()
        session.add(Price(kit_id=kit_id, kind=kind, amount=amount, currency="GBP", valid_from=since))


def test_the_first_kit_is_a_roller_and_three_months_of_serum(kit: str, now: datetime) -> None:
    found = kit_by_slug(host.session(), kit, now)
    parts = {part.item.sku: (part.in_kit, part.in_refill) for part in found.kit.components}
    assert parts == {ROLLER: (1, 0), SERUM: (1, 1)}
    assert (found.price, found.refill_price) == (Money(KIT_PRICE, "GBP"), Money(REFILL_PRICE, "GBP"))
    assert found.kit.limits.plan(10, 4, date(2027, 1, 4)).boxes == 3


def test_the_total_of_a_plan_is_reckoned_from_the_kits_prices(kit: str, now: datetime) -> None:
    found = kit_by_slug(host.session(), kit, now)
    assert found.total(SessionPlan(10, 4, date(2027, 1, 4)), 2) == Money(2 * (KIT_PRICE + 2 * REFILL_PRICE), "GBP")


def test_a_new_price_holds_from_its_moment_on(kit: str, now: datetime) -> None:
    change("kit", 9900, now)
    change("refill", 1, now + timedelta(days=1))
    assert offer(now - timedelta(seconds=1)) == (KIT_PRICE, REFILL_PRICE)
    assert offer(now) == (9900, REFILL_PRICE)
    assert offer(now + timedelta(days=1)) == (9900, 1)


def test_a_kit_without_both_prices_is_not_on_sale(kit: str, now: datetime) -> None:
    with host.unit() as session:
        session.execute(delete(Price).where(Price.kind == "refill"))
    with pytest.raises(NotFound):
        offer(now)


def test_a_kit_that_is_not_published_is_not_found(kit: str, now: datetime) -> None:
    with host.unit() as session:
        session.execute(update(Kit).values(published=False))
    with pytest.raises(NotFound):
        offer(now)
    assert published_kits(host.session(), now) == []


@pytest.mark.parametrize("slug", ["", "none", "Mesotherapy-Kit", "'; DROP TABLE kits_kit; --", "a\0b", "\ud800"])
def test_an_unknown_slug_is_not_found(kit: str, now: datetime, slug: str) -> None:
    with pytest.raises(NotFound):
        kit_by_slug(host.session(), slug, now)


def test_a_kit_is_looked_up_with_parts_prices_and_notice_in_one_statement(kit: str, now: datetime) -> None:
    change("loose", 5500, now)
    with counted(host.engine()) as statements:
        found = kit_by_slug(host.session(), kit, now)
        assert [part.item.sku for part in found.kit.components] == [ROLLER, SERUM]
        assert found.loose_price == Money(5500, "GBP")
        assert found.notice is not None
        assert found.notice.version == "1"
    assert len(statements) == 1


def test_a_kit_needs_no_loose_price_and_no_notice_to_be_looked_up(kit: str) -> None:
    before = datetime(2019, 6, 1, tzinfo=UTC)
    for kind in ("kit", "refill"):
        change(kind, 1, before)
    found = kit_by_slug(host.session(), kit, before)
    assert (found.loose_price, found.notice) == (None, None)


def test_a_kit_knows_what_is_sent_for_a_retired_part(kit: str, now: datetime) -> None:
    with host.unit() as session:
        session.add_all([Item(sku="SERUM-B", name="Serum B"), Item(sku="SERUM-C", name="Serum C")])
    retire(SERUM, "SERUM-B", actor="staff:1", now=now)
    retire("SERUM-B", "SERUM-C", actor="staff:1", now=now + timedelta(days=1))
    serum = kit_by_slug(host.session(), kit, now).kit.components[1].item
    assert (in_force(serum).sku, in_force(serum, now).sku) == ("SERUM-C", "SERUM-B")
    assert in_force(serum, now - timedelta(days=1)).sku == SERUM


def test_what_a_circle_of_successors_would_send_is_found_all_the_same(kit: str, now: datetime) -> None:
    with host.unit() as session:
        ids = {item.sku: item.id for item in session.scalars(select(Item))}
        for sku, successor in ((ROLLER, SERUM), (SERUM, ROLLER)):
            session.execute(update(Item).where(Item.sku == sku).values(retired_at=now, successor_id=ids[successor]))
    roller = kit_by_slug(host.session(), kit, now).kit.components[0].item
    assert in_force(roller).sku in {ROLLER, SERUM}


def test_the_kits_on_sale_are_listed_with_their_prices(kit: str, now: datetime) -> None:
    assert [(found.kit.slug, found.price.amount) for found in published_kits(host.session(), now)] == [(kit, KIT_PRICE)]


def test_an_item_is_found_by_its_sku(kit: str) -> None:
    assert item_by_sku(host.session(), SERUM).name == "Serum, three months"
    with pytest.raises(NotFound, match="SERUM-9M"):
        item_by_sku(host.session(), "SERUM-9M")


def test_a_kit_without_a_notice_cannot_be_sold(kit: str) -> None:
    kit_id = host.session().scalars(select(Kit.id)).one()
    with pytest.raises(NotFound, match="no notice"):
        notice_in_force(host.session(), kit_id, date(2019, 12, 31))


def test_a_price_in_another_currency_than_the_shops_is_none(kit: str, now: datetime) -> None:
    with host.unit() as session:
        kit_id = session.scalars(select(Kit.id)).one()
        for kind in ("kit", "loose"):
            session.add(Price(kit_id=kit_id, kind=kind, amount=100, currency="EUR", valid_from=now))
    assert offer(now) == (8900, 4900)
    with host.unit() as session:
        session.execute(delete(Price).where(Price.kind == "kit", Price.currency == "GBP"))
    with pytest.raises(NotFound):
        offer(now)
