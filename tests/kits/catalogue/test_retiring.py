"""Retiring items: archived, never deleted, and always with an end to their chain of successors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from kits import host
from kits.audit import AuditEntry
from kits.catalogue.retiring import bring_back, in_force, retire
from kits.catalogue.tables import Item
from kits.errors import BadInput, NotFound, WrongState

pytestmark = pytest.mark.usefixtures("three")


@pytest.fixture
def three(app: Flask) -> None:
    """Items A, B and C."""
    with host.unit() as session:
        session.add_all([Item(sku=sku, name=f"Item {sku}") for sku in "ABC"])


def sent_for(sku: str, at: datetime | None = None) -> str:
    item = host.session().scalars(select(Item).where(Item.sku == sku)).one()
    found = in_force(item, at).sku
    host.end_reads()
    return found


def test_the_end_of_the_chain_is_sent(now: datetime) -> None:
    assert sent_for("A") == "A"
    retire("A", "B", actor="staff:1", now=now)
    assert (sent_for("A"), sent_for("B")) == ("B", "B")
    retire("B", "C", actor="staff:1", now=now + timedelta(days=1))
    assert (sent_for("A"), sent_for("A", now), sent_for("A", now - timedelta(days=1))) == ("C", "B", "A")


def test_an_item_without_a_successor_is_used_up(now: datetime) -> None:
    retire("A", None, actor="staff:1", now=now)
    assert sent_for("A") == "A"


def test_retiring_is_undone_and_both_are_in_the_audit_log(now: datetime) -> None:
    retire("A", "B", actor="staff:1", now=now)
    bring_back("A", actor="staff:2", now=now)
    assert sent_for("A") == "A"
    entries = host.session().execute(select(AuditEntry.actor, AuditEntry.action).order_by(AuditEntry.id)).all()
    assert [tuple(entry) for entry in entries] == [("staff:1", "item.retired"), ("staff:2", "item.brought_back")]


@pytest.mark.parametrize(("successor", "refused"), [("A", BadInput), ("C", BadInput), ("X", NotFound)])
def test_a_successor_that_cannot_be_is_refused_and_changes_nothing(
    successor: str, refused: type[Exception], now: datetime
) -> None:
    retire("C", "A", actor="staff:1", now=now)
    with pytest.raises(refused):
        retire("A", successor, actor="staff:1", now=now)
    assert sent_for("A") == "A"


def test_what_is_done_already_is_refused(now: datetime) -> None:
    with pytest.raises(WrongState):
        bring_back("A", actor="staff:1", now=now)
    retire("A", "B", actor="staff:1", now=now)
    with pytest.raises(WrongState):
        retire("A", "C", actor="staff:1", now=now)


def test_a_circle_is_not_closed_when_items_come_back(now: datetime) -> None:
    retire("A", "B", actor="staff:1", now=now)
    with pytest.raises(BadInput):
        retire("B", "A", actor="staff:1", now=now)


def test_two_who_retire_items_for_each_other_at_once_close_no_circle(
    now: datetime, at_once: Callable[..., list[Any]]
) -> None:
    for _ in range(5):
        ways = (("A", "B"), ("B", "A")) * 2
        found = at_once([partial(retire, *way, actor="staff:1", now=now) for way in ways])
        assert found.count(None) == 1
        kept = {sent_for("A"), sent_for("B")}
        assert len(kept) == 1
        bring_back(*({"A", "B"} - kept), actor="staff:1", now=now)


def test_a_circle_that_was_written_by_hand_has_an_end(now: datetime) -> None:
    with host.unit() as session:
        ids = {item.sku: item.id for item in session.scalars(select(Item))}
        for sku, successor in ("AB", "BA"):
            session.execute(update(Item).where(Item.sku == sku).values(retired_at=now, successor_id=ids[successor]))
    assert sent_for("A") in {"A", "B"}
    with pytest.raises(BadInput):
        retire("C", "A", actor="staff:1", now=now)
