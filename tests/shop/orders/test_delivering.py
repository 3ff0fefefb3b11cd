"""A parcel has arrived: said once, told once, and taken back where it was a mistake."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update

from kits import host
from kits.audit import AuditEntry
from kits.errors import NotFound
from shop.orders import parcels
from shop.orders.parcels.carriers import tracking_page
from shop.orders.tables import Order, OrderLine, Parcel
from shop.work.mailing import again
from shop.work.outbox import OutboxMail

Pay = Callable[[], tuple[int, str]]
STAFF = "staff:1"


@pytest.fixture
def sent(pay: Pay, now: datetime) -> tuple[int, str]:
    """The id and number of an order that left in one parcel."""
    order_id, number = pay()
    parcels.ship(order_id, tracking="", actor=STAFF, now=now)
    return order_id, number


def delivered_at() -> list[datetime | None]:
    """When each parcel arrived, by our books."""
    found = list(host.session().scalars(select(Parcel.delivered_at).order_by(Parcel.id)))
    host.end_reads()
    return found


def mails() -> list[tuple[str, str]]:
    """Subject and text of the mails that say so."""
    rows = host.session().scalars(select(OutboxMail).where(OutboxMail.key.startswith("parcel-delivered-")))
    found = [(row.subject, row.text) for row in rows]
    host.end_reads()
    return found


def audited() -> list[str]:
    found = list(host.session().scalars(select(AuditEntry.action).where(AuditEntry.action.contains("delivered"))))
    host.end_reads()
    return found


def test_it_is_kept_when_it_arrived_and_its_customer_reads_what_comes_next(
    sent: tuple[int, str], now: datetime
) -> None:
    later = now + timedelta(days=2)
    parcels.deliver(sent[0], 1, actor=STAFF, now=later)
    assert delivered_at() == [later]
    ((subject, text),) = mails()
    assert subject == f"Delivered: order {sent[1]}"
    for words in ("Your order has arrived", "Your first session with the Mesotherapy kit is on", "How to clean it",
                  "70% isopropyl alcohol", "You have 14 days", "/orders/"):  # fmt: skip
        assert words in text, words
    assert "**" not in text


def test_a_first_session_that_has_passed_is_not_announced(sent: tuple[int, str], now: datetime) -> None:
    parcels.deliver(sent[0], 1, actor=STAFF, now=now + timedelta(days=30))
    assert "Your first session" not in mails()[0][1]


def test_a_part_says_that_the_rest_follows(pay: Pay, item_ids: dict[str, int], now: datetime) -> None:
    order_id, number = pay()
    parcels.ship(order_id, tracking="", actor=STAFF, now=now, units={item_ids["ROLLER-025"]: 1})
    parcels.deliver(order_id, 1, actor=STAFF, now=now)
    ((subject, text),) = mails()
    assert subject == f"Delivered: a part of order {number}"
    assert "the rest follows" in text
    assert "the last part of your order arrives" in text


def test_a_replacement_is_no_sale_to_withdraw_from_and_a_loose_box_has_no_session(
    sent: tuple[int, str], now: datetime
) -> None:
    with host.unit() as session:
        session.execute(update(Order).values(kind="replacement"))
        session.execute(update(OrderLine).values(sessions=None, every_weeks=None, start=None, refills=False))
    parcels.deliver(sent[0], 1, actor=STAFF, now=now)
    assert "14 days" not in mails()[0][1]


def test_two_clicks_say_it_once(sent: tuple[int, str], now: datetime, at_once: Callable[..., list[Any]]) -> None:
    first = partial(parcels.deliver, sent[0], 1, actor=STAFF, now=now)
    assert at_once([first] * 4) == [None] * 4
    parcels.deliver(sent[0], 1, actor=STAFF, now=now + timedelta(days=1))
    assert (delivered_at(), len(mails()), audited()) == ([now], 1, ["parcel.delivered"])


def test_taken_back_it_is_on_its_way_still_and_a_mail_that_waits_is_not_sent(
    sent: tuple[int, str], now: datetime
) -> None:
    parcels.deliver(sent[0], 1, actor=STAFF, now=now)
    for _ in range(2):
        parcels.not_delivered(sent[0], 1, actor=STAFF, now=now)
    assert (delivered_at(), mails()) == ([None], [])
    assert audited() == ["parcel.delivered", "parcel.not_delivered"]
    parcels.deliver(sent[0], 1, actor=STAFF, now=now + timedelta(days=1))
    assert (delivered_at(), len(mails())) == ([now + timedelta(days=1)], 1)


def test_a_mail_that_waits_for_its_corrected_address_is_not_sent_either(sent: tuple[int, str], now: datetime) -> None:
    parcels.deliver(sent[0], 1, actor=STAFF, now=now)
    mail_id = host.session().scalars(select(OutboxMail.id).where(OutboxMail.key.startswith("parcel-delivered-"))).one()
    host.end_reads()
    assert again.correct(mail_id, 0, "elsewhere@example.org", actor=STAFF, now=now)
    parcels.not_delivered(sent[0], 1, actor=STAFF, now=now)
    assert (delivered_at(), mails()) == ([None], [])


def test_a_mail_that_has_left_is_not_sent_again(sent: tuple[int, str], now: datetime) -> None:
    parcels.deliver(sent[0], 1, actor=STAFF, now=now)
    with host.unit() as session:
        session.execute(update(OutboxMail).values(state="sent"))
    parcels.not_delivered(sent[0], 1, actor=STAFF, now=now)
    parcels.deliver(sent[0], 1, actor=STAFF, now=now)
    assert len(mails()) == 1


@pytest.mark.parametrize("change", [parcels.deliver, parcels.not_delivered])
@pytest.mark.parametrize("number", [0, 2, -1, 2**62])
def test_a_parcel_there_is_not_has_not_arrived(
    sent: tuple[int, str], now: datetime, change: Callable[..., None], number: int
) -> None:
    with pytest.raises(NotFound):
        change(sent[0], number, actor=STAFF, now=now)
    assert (delivered_at(), mails(), audited()) == ([None], [], [])


@pytest.mark.parametrize(
    ("tracking", "page"),
    [
        ("AB123456789GB", "https://www.royalmail.com/track-your-item#/tracking-results/AB123456789GB"),
        (" ab 123 456 789 gb ", "https://www.royalmail.com/track-your-item#/tracking-results/AB123456789GB"),
        ("AB123456789DE", None), ("TRACK-1", None), ("", None), (None, None), ("AB123456789GB\"><script>", None),
    ],
)  # fmt: skip
def test_a_tracking_number_of_a_known_form_leads_to_its_carrier(tracking: str | None, page: str | None) -> None:
    assert tracking_page(tracking) == page
