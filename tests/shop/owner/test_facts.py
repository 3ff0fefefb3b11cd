"""What the owner says of the shop: kept, shown, and never stale where it is about money."""

from __future__ import annotations

from datetime import datetime

from flask import Flask
from sqlalchemy import select

from kits import host
from kits.audit import AuditEntry
from shop.owner import facts
from shop.owner.facts import Facts


def test_a_new_shop_is_not_registered_for_vat(app: Flask) -> None:
    assert facts.read(host.session()) == Facts()
    assert Facts().vat_rate is None


def test_a_fact_that_was_set_is_read_and_shown(app: Flask, now: datetime) -> None:
    assert facts.shown() == Facts()
    assert facts.change({"vat_number": "GB123456789", "clinic_session": 15000}, actor="staff:1", now=now)
    found = facts.read(host.session())
    assert (found.vat_number, found.clinic_session, found.vat_rate) == ("GB123456789", 15000, 200)
    assert facts.shown() == found


def test_setting_what_is_set_changes_nothing(app: Flask, now: datetime) -> None:
    facts.change({"trader_name": "Example Ltd"}, actor="staff:1", now=now)
    assert not facts.change({"trader_name": "Example Ltd"}, actor="staff:1", now=now)
    entries = host.session().scalars(select(AuditEntry)).all()
    assert [entry.detail for entry in entries] == [
        {"before": {"trader_name": ""}, "after": {"trader_name": "Example Ltd"}}
    ]


def test_another_process_reads_what_was_changed_for_money_at_once(app: Flask, now: datetime) -> None:
    facts.shown()
    kept = app.extensions["refillery_facts"]
    facts.change({"vat_number": "GB1"}, actor="staff:1", now=now)
    app.extensions["refillery_facts"] = kept  # as a process that has not changed it
    assert facts.shown() == Facts()
    assert facts.read(host.session()).vat_number == "GB1"
