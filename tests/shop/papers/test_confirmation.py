"""The confirmation holds all that was agreed, in the mail itself, with the invoice beside it."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from kits import clock, host
from kits.dates import written
from shop.orders.find import order_by_number
from shop.orders.tables import Agreement, OrderLine
from shop.owner import pages
from shop.selling.tables import ShippingMethod, ShippingZone
from shop.work import duties
from shop.work.outbox import OutboxMail
from shop.work.own_duties import OWN_DUTIES
from tests.shop.papers.conftest import issued, settle_one, text_of, token_of

Pay = Callable[..., str]


def confirmed(number: str) -> tuple[str, str]:
    """The confirmation of an order: its text and its HTML."""
    mail = host.session().scalars(select(OutboxMail).where(OutboxMail.key == f"order-confirmed-{number}")).one()
    found = mail.text, mail.html
    host.end_reads()
    return found


def after(text: str, heading: str) -> str:
    """What stands under a heading, up to the next of its kind."""
    return text.partition(f"{heading}\n{'=' * len(heading)}\n")[2].partition("\n===")[0]


def agree(number: str, kind: str, text: str) -> None:
    """As if the buyer had agreed to a text at the checkout."""
    with host.unit() as session:
        order = order_by_number(session, number)
        session.execute(delete(Agreement).where(Agreement.order_id == order.id, Agreement.kind == kind))
        session.add(
            Agreement(order_id=order.id, kind=kind, version="7", text=text, sha256="x", agreed_at=order.made_at)
        )


@pytest.mark.usefixtures("registered")
def test_it_says_what_was_bought_and_breaks_the_money_down(pay: Pay) -> None:
    number = pay(26395, shipping_amount=395, shipping_method="Tracked 48", discount=2700, discount_code="SPRING")
    order = after(confirmed(number)[0], f"Order {number}")
    for line in ("1 × Mesotherapy kit: £287.00", "Discount SPRING: −£27.00", "Delivery, Tracked 48: £3.95",
                 "Paid: £263.95", "VAT at 20% is included: £43.99", "with your card ending in 4242"):  # fmt: skip
        assert line in order, (line, order)
    assert f"/orders/{token_of(number)}/invoice.pdf" in order


@pytest.mark.usefixtures("unregistered")
def test_a_shop_that_is_not_registered_says_so(pay: Pay) -> None:
    text = confirmed(pay(8900, None))[0]
    assert "We are not registered for VAT, so no VAT is charged." in text
    assert "VAT number" not in text


def test_it_names_each_session_and_each_refill_with_its_day_and_amount(pay: Pay, today: date) -> None:
    text = confirmed(pay())[0]
    start = today + timedelta(days=7)
    for session in range(10):
        assert f"{session + 1}. {written(start + timedelta(weeks=4 * session))}" in text
    refills = after(text, "Refills of the Mesotherapy kit")
    assert "2 in all, £49.00 each, £98.00 together" in refills
    assert len(re.findall(r"Refill \d: .*, £49\.00", refills)) == 2
    for words in (
        "about a week before it is needed",
        "at least 7 days before each charge",
        "end the refills on any day",
    ):
        assert words in refills


def test_without_refills_it_speaks_of_none(place: Pay, now: datetime) -> None:
    number = place()
    with host.unit() as session:
        session.execute(update(OrderLine).values(refills=False))
    settle_one(number, now)
    assert "Refills of" not in confirmed(number)[0]


def test_a_loose_box_has_no_plan_to_speak_of(place: Pay, now: datetime) -> None:
    number = place()
    with host.unit() as session:
        loose = {"sessions": None, "every_weeks": None, "start": None, "refills": False}
        session.execute(update(OrderLine).values(**loose))
    settle_one(number, now)
    assert "Your plan with" not in confirmed(number)[0]


def test_it_holds_the_whole_notice_that_was_acknowledged(pay: Pay) -> None:
    notice = after(confirmed(pay())[0], "The notice you acknowledged, version 1")
    assert "you take anticoagulants" in notice
    assert "you form keloid scars" in notice


def test_it_holds_the_terms_and_the_charges_that_were_agreed_to(place: Pay, now: datetime) -> None:
    number = place()
    agree(number, "terms", "## Ours\n\nThe **old** terms.")
    agree(number, "refill_charges", "By paying you agree to two charges.")
    pages.publish("terms", "Terms", "Newer terms.", actor="staff:1", now=now)
    settle_one(number, now)
    text = confirmed(number)[0]
    assert "Ours\n----\n\nThe old terms." in after(text, "Terms of sale, version 7")
    assert "Newer terms." not in text
    assert "You agreed to this when you paid: By paying you agree to two charges." in text


@pytest.mark.usefixtures("registered")
def test_an_order_without_an_agreement_has_the_terms_in_force_with_their_blanks_filled(
    place: Pay, now: datetime
) -> None:
    number = place()
    with host.unit() as session:
        session.execute(delete(Agreement))
    settle_one(number, now)
    text = confirmed(number)[0]
    assert "You buy from Refillery Ltd." in after(text, "Terms of sale")
    assert re.search(r"\{[a-z_]+\}", text) is None


@pytest.mark.usefixtures("registered")
def test_the_form_of_withdrawal_is_there_once_whatever_the_terms_say(pay: Pay, now: datetime) -> None:
    assert confirmed(pay())[0].count("give notice that I withdraw") == 1
    pages.publish("terms", "Terms", "Short ones.", actor="staff:1", now=now)
    number = pay()
    text = confirmed(number)[0]
    form = after(text, "Form of withdrawal")
    assert "To Refillery Ltd, 12 Sample Street, London SE1 6HA, help@refillery.example:" in form
    assert f"Order number: {number}" in form
    assert text.count("give notice that I withdraw") == 1


def test_it_says_how_to_withdraw_online_and_who_trades(pay: Pay, registered: None) -> None:
    number = pay()
    text = confirmed(number)[0]
    assert f"/orders/{token_of(number)}/withdraw" in after(text, "If you change your mind")
    trader = after(text, "Who you bought from")
    for line in ("Refillery Ltd", "12 Sample Street", "Company number 01234567", "VAT number GB123456789"):
        assert line in trader


def test_it_says_where_it_goes_and_how_long_that_takes(place: Pay, now: datetime) -> None:
    number = place(shipping_method="Tracked 48", line2="Flat 2")
    with host.unit() as session:
        for country, least, most in (("IE", 5, 9), ("GB", 2, 3)):
            zone = ShippingZone(name=country, countries=[country])
            zone.methods.append(ShippingMethod(code="48", name="Tracked 48", days_least=least, days_most=most))
            session.add(zone)
            session.flush()
    settle_one(number, now)
    delivery = after(confirmed(number)[0], "Delivery")
    assert "To: Ada Lovelace, 1 High Street, Flat 2, London, N1 1AA, United Kingdom" in delivery
    assert "By Tracked 48, 2 to 3 working days after it leaves us." in delivery


def test_its_html_has_headings_and_links_and_the_same_words(pay: Pay) -> None:
    number = pay()
    html = confirmed(number)[1]
    assert f">Order {number}</h2>" in html
    assert ">Who you buy from</h3>" in html
    assert re.search(r'<a [^>]*href="http://[^"]+/invoice\.pdf"[^>]*>Your invoice</a>', html)
    assert "====" not in html
    assert "----" not in html


def test_the_invoice_goes_with_it_the_same_each_time_it_is_sent(pay: Pay, mail_folder: Path, app: Any) -> None:
    number = pay()
    duties.run_once(OWN_DUTIES)
    first = _attached(mail_folder)
    assert [name for name, _ in first] == ["INV-000001.pdf"]
    assert number in text_of(first[0][1])
    with host.unit() as session:
        session.execute(update(OutboxMail).values(state="queued"))
    duties.run_once(OWN_DUTIES)
    assert _attached(mail_folder) == first


def test_settling_does_not_wait_for_a_pdf(place: Pay, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    number = place()
    monkeypatch.setattr("shop.papers.attached.invoice_pdf", lambda *_, **__: pytest.fail("made too early"))
    settle_one(number, now)
    assert [each.order for each in issued()] == [number]
    assert clock.now() >= now


def _attached(folder: Path) -> list[tuple[str | None, bytes]]:
    mails = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in folder.glob("*.eml")]
    return [(part.get_filename(), part.get_payload(decode=True)) for mail in mails for part in mail.iter_attachments()]  # type: ignore[misc]
