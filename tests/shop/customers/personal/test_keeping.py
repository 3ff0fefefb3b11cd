"""What is kept of an erased person, for how long, what for, and that it is gone afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from sqlalchemy import select

from kits import clock, host
from kits.catalogue import first_kit
from kits.errors import WrongState
from kits.stock.ledger import Cause
from kits.stock.tables import Lot
from shop.customers.personal.erasing import erase
from shop.customers.personal.keeping import KEEPING_DUTY
from shop.customers.personal.tables import KeptPerson
from shop.customers.staff.members import add_staff
from shop.work.duties import run_once
from subscriptions.recall import recall
from subscriptions.recall.replacing import replace_box
from subscriptions.recall.tables import RecalledBox
from tests.journeys.driving import Bought, Driver, morning
from tests.journeys.shopping import letters, rows
from tests.servers.client import Visitor
from tests.shop.customers.personal.conftest import MARIA, NAME, STREET, ship_paid, traces

Read = Callable[[Any], list[Any]]


def kept() -> dict[str, tuple[str, str, date]]:
    """By reason: e-mail, name and the last day, for the one order there is."""
    there = host.session().scalars(select(KeptPerson)).all()
    found = {each.reason: (each.email, each.name, each.keep_until) for each in there}
    host.end_reads()
    return found


def test_each_reason_keeps_what_it_needs_for_as_long_as_it_needs_it(maria: int, read: Read, today: date) -> None:
    (expires,) = set(read(select(Lot.expires_on)))
    erase(maria, now=clock.now())
    assert kept() == {
        "invoice": ("", NAME, today + relativedelta(years=6)),
        "recall": (MARIA, "", expires + relativedelta(years=3)),
    }


def test_it_is_gone_the_day_after_its_time(driver: Driver, maria: int) -> None:
    erase(maria, now=clock.now())
    driver.work()
    last = {reason: until for reason, (_, _, until) in kept().items()}
    run_once([KEEPING_DUTY], lambda: morning(last["recall"]))
    assert "recall" in kept()
    run_once([KEEPING_DUTY], lambda: morning(last["recall"] + relativedelta(days=1)))
    assert set(kept()) == {"invoice"}
    run_once([KEEPING_DUTY], lambda: morning(last["invoice"]))
    assert set(kept()) == {"invoice"}
    run_once([KEEPING_DUTY], lambda: morning(last["invoice"] + relativedelta(days=1)))
    assert rows(KeptPerson) == 0
    assert traces(MARIA, NAME, STREET) == set(), "invoices forget their buyer, too"


def test_what_is_past_its_time_already_is_not_kept(driver: Driver, maria: int) -> None:
    erase(maria, now=morning(clock.today(clock.now()) + relativedelta(years=10)))
    assert rows(KeptPerson) == 0


def test_a_recall_still_reaches_an_erased_person(
    driver: Driver, sent: Bought, maria: int, read: Read, mail_folder: Any, client: Visitor
) -> None:
    erase(maria, now=clock.now())
    driver.work()
    (lot_id,) = read(select(Lot.id).where(Lot.code == f"LOT-{first_kit.SERUM}"))
    recall.begin(lot_id, "Please stop using it.", Cause("staff:1", clock.now(), reason="a crack"))
    driver.work()
    told = letters(mail_folder)[-1]
    assert (told.to, "Please stop using lot" in told.subject) == (MARIA, True)


def test_no_replacement_is_sent_to_nobody(driver: Driver, sent: Bought, maria: int, read: Read) -> None:
    (lot_id,) = read(select(Lot.id).where(Lot.code == f"LOT-{first_kit.SERUM}"))
    recall.begin(lot_id, "Please stop using it.", Cause("staff:1", clock.now(), reason="a crack"))
    driver.work()
    (box,) = read(select(RecalledBox.id))
    assert not replace_box(box, actor="customer", now=clock.now()), "none is left, so it is waited for"
    erase(maria, now=clock.now())
    assert read(select(RecalledBox.waited_at)) == [None]
    with pytest.raises(WrongState, match="We have no address any more"):
        replace_box(box, actor="customer", now=clock.now())


def test_a_recall_after_its_contact_was_let_go_writes_to_nobody(
    driver: Driver, sent: Bought, maria: int, read: Read, mail_folder: Any
) -> None:
    erase(maria, now=clock.now())
    driver.work()
    run_once([KEEPING_DUTY], lambda: morning(clock.today(clock.now()) + relativedelta(years=9)))
    before = len(letters(mail_folder))
    (lot_id,) = read(select(Lot.id).where(Lot.code == f"LOT-{first_kit.SERUM}"))
    recall.begin(lot_id, "Please stop using it.", Cause("staff:1", clock.now(), reason="a crack"))
    driver.work()
    assert len(letters(mail_folder)) == before


def test_no_page_of_the_admin_names_an_erased_person(driver: Driver, sent: Bought, maria: int, client: Visitor) -> None:
    driver.until_due(sent)
    driver.work()
    ship_paid()
    erase(maria, now=clock.now())
    driver.work()
    with host.unit() as session:
        add_staff(session, "sam@example.org", "a password of staff", clock.now())
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/admin/sign-in").text)
    assert token
    client.post(
        "/admin/sign-in",
        data={"email": "sam@example.org", "password": "a password of staff", "csrf_token": token.group(1)},
    )
    for path in ("/admin/", "/admin/orders", f"/admin/orders/{sent.number}"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert not any(word in answer.text for word in (MARIA, NAME, STREET))
