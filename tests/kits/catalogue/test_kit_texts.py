"""A kit's own texts, and putting it on sale: by one who saw what stood there, and never unnoticed."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime

import pytest
from sqlalchemy import select

from kits import host
from kits.audit import AuditEntry
from kits.catalogue import kit_texts
from kits.catalogue.kit_texts import KitTexts, any_kit, texts_of
from kits.catalogue.kits import published_kits
from kits.errors import BadInput, NotFound, WrongState


def read(slug: str) -> KitTexts:
    found = texts_of(any_kit(host.session(), slug))
    host.end_reads()
    return found


def change(slug: str, now: datetime, seen: str = "", **wanted: str) -> bool:
    before = read(slug)
    return kit_texts.change(slug, replace(before, **wanted), seen=seen or before.digest, actor="staff:1", now=now)


def last_entry() -> AuditEntry:
    return host.session().scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first() or AuditEntry()


def test_the_first_kit_says_how_it_is_used_cleaned_and_when_to_look(kit: str) -> None:
    assert all(asdict(read(kit)).values())


def test_a_changed_text_is_kept_with_what_it_was(kit: str, now: datetime) -> None:
    before = read(kit)
    assert change(kit, now, cleaning="Rinse.\r\nDry. \n", results="")
    assert read(kit) == replace(before, cleaning="Rinse.\nDry.", results="")
    entry = last_entry()
    assert (entry.action, entry.subject) == ("kit.texts_changed", f"kit {kit}")
    assert entry.detail == {
        "before": {"cleaning": before.cleaning, "results": before.results},
        "after": {"cleaning": "Rinse.\nDry.", "results": ""},
    }


def test_the_same_texts_change_nothing(kit: str, now: datetime) -> None:
    assert change(kit, now, cleaning="Rinse.")
    assert not change(kit, now, cleaning="Rinse.", seen="of long ago")


def test_whoever_saw_older_texts_does_not_write_over_newer_ones(kit: str, now: datetime) -> None:
    seen = read(kit).digest
    change(kit, now, cleaning="Rinse.")
    with pytest.raises(WrongState, match="Someone else"):
        change(kit, now, seen=seen, cleaning="Wipe.")
    assert read(kit).cleaning == "Rinse."


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *((field, value) for field in ("summary", "description") for value in ("", " \n")),
        *((field, "x" * (longest + 1)) for field, longest in kit_texts.LONGEST.items()),
        *((field, "a\0b") for field in kit_texts.LONGEST),
        ("summary", "two\nlines"),
        ("results", "\ud800"),
    ],
)
def test_what_cannot_stand_on_a_page_is_refused_at_its_field(kit: str, now: datetime, field: str, value: str) -> None:
    before = read(kit)
    with pytest.raises(BadInput) as refused:
        change(kit, now, **{field: value})
    assert refused.value.field == field
    assert read(kit) == before


@pytest.mark.parametrize("slug", ["", "nothing", "a\0b"])
def test_an_unknown_kit_is_not_found(slug: str, kit: str, now: datetime) -> None:
    with pytest.raises(NotFound):
        kit_texts.change(slug, read(kit), seen="", actor="staff:1", now=now)
    with pytest.raises(NotFound):
        kit_texts.put_on_sale(slug, actor="staff:1", now=now)


def test_a_kit_is_taken_off_sale_and_put_back_each_once(kit: str, now: datetime) -> None:
    assert kit_texts.take_off_sale(kit, actor="staff:1", now=now)
    assert not kit_texts.take_off_sale(kit, actor="staff:1", now=now)
    assert published_kits(host.session(), now) == []
    host.end_reads()
    assert kit_texts.put_on_sale(kit, actor="staff:1", now=now)
    assert not kit_texts.put_on_sale(kit, actor="staff:1", now=now)
    assert last_entry().action == "kit.put_on_sale"
    assert [offer.kit.slug for offer in published_kits(host.session(), now)] == [kit]
