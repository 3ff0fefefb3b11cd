"""An item's page: its figures explained, and how it is ordered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select

from kits import host
from kits.audit import AuditEntry
from kits.catalogue import retiring
from kits.catalogue.ordering import Ordering, ordering_of
from kits.catalogue.tables import Item
from kits.stock.tables import Lot
from shop.admin.stock import items
from tests.shop.admin.conftest import Staff, words
from tests.shop.admin.stock.conftest import Desk

PAGE = "/admin/stock/items/SERUM-3M"
GOOD = {"supplier": " Acme ", "lead_days": "21", "safety_stock": "5", "pack_size": "12", "low_at": "8"}
BEFORE = Ordering("", 14, 0, 1, 10)


def ordering() -> Ordering:
    """The serum's ordering figures."""
    found = ordering_of(host.session().query(Item).filter_by(sku="SERUM-3M").one())
    host.end_reads()
    return found


def entries() -> list[dict[str, object]]:
    """What the audit log keeps of changes."""
    found = host.session().query(AuditEntry).filter_by(action="item.ordering_changed").all()
    told = [{"subject": each.subject, "actor": each.actor.split(":")[0], **each.detail} for each in found]
    host.end_reads()
    return told


def test_the_figures_are_explained_one_by_one(desk: Desk, serum: int) -> None:
    desk.correct(serum, "quarantine", units=4, reason="a broken seal")
    said = words(desk.staff.get(PAGE))
    assert "On hand all units on the premises 20" in said
    assert "In quarantine not to be used until decided −4" in said
    assert "Available 16" in said
    assert "a broken seal" in said, "its last movements are shown"


def test_its_ordering_figures_are_kept_and_what_they_were_is_audited(desk: Desk) -> None:
    answer = desk.staff.post(PAGE, page=PAGE, **GOOD)
    assert answer.status_code == 303
    assert "The ordering figures are kept" in words(desk.staff.get(answer.location))
    assert ordering() == Ordering("Acme", 21, 5, 12, 8)
    before = {"supplier": "", "lead_days": 14, "safety_stock": 0, "pack_size": 1, "low_at": 10}
    after = {"supplier": "Acme", "lead_days": 21, "safety_stock": 5, "pack_size": 12, "low_at": 8}
    assert entries() == [{"subject": "item SERUM-3M", "actor": "staff", "before": before, "after": after}]


def test_the_same_figures_again_are_no_change(desk: Desk) -> None:
    for said in ("The ordering figures are kept", "Nothing has changed"):
        assert said in words(desk.staff.get(desk.staff.post(PAGE, page=PAGE, **GOOD).location))
    assert len(entries()) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("supplier", value) for value in ("x" * 61, "a\x00b", "two\nlines")),
        *(("lead_days", value) for value in ("", "-1", "731", "soon", "9" * 400)),
        *(("safety_stock", value) for value in ("", "-1", "1000001", "1.5")),
        *(("pack_size", value) for value in ("", "0", "1000001", "\x00")),
        *(("low_at", value) for value in ("", "-1", "1000001")),
    ],
)
def test_absurd_figures_are_told_beside_their_field_and_change_nothing(desk: Desk, field: str, value: str) -> None:
    refused = desk.staff.post(PAGE, page=PAGE, **{**GOOD, field: value})
    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text
    assert 'value="21"' in refused.text or field == "lead_days", "what was typed stays"
    assert ordering() == BEFORE
    assert entries() == []


def test_a_retired_item_says_what_is_sent_in_its_place(desk: Desk, now: datetime) -> None:
    retiring.retire("SERUM-3M", "ROLLER-025", actor="command", now=now)
    said = words(desk.staff.get(PAGE))
    assert "Dermaroller 0.25 mm is sent in its place" in said
    assert "Low:" not in said


def test_its_last_movements_lead_to_all_of_them(
    desk: Desk, deliver: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(items, "LAST", 2)
    assert "All its movements" not in words(desk.staff.get(PAGE))
    for number in range(2):
        deliver(f"L-{number}", 5, days=90)
    assert "All its movements" in words(desk.staff.get(PAGE))


@pytest.mark.parametrize("sku", ["NONE", "a%00b", "%20", "x" * 3000])
def test_an_item_nobody_has_is_a_404(desk: Desk, sku: str) -> None:
    assert desk.staff.get(f"/admin/stock/items/{sku}").status_code == 404
    assert desk.staff.post(f"/admin/stock/items/{sku}", **GOOD).status_code == 404


def test_an_item_and_a_lot_lead_to_what_the_rooms_above_know_of_them(staff: Staff, stocked: str) -> None:
    assert 'href="/admin/forecast/SERUM-3M"' in staff.get(PAGE).text
    lot = host.session().scalars(select(Lot.id)).first()
    host.end_reads()
    assert f'href="/admin/recalls/new?lot={lot}"' in staff.get(f"/admin/stock/lots/{lot}").text
