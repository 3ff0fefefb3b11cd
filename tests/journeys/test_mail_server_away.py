"""A mail server that is away, hangs or says later: the sale goes through, and the mail arrives when it is back."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from kits import clock, host
from shop.registers import registers
from shop.work import duties
from shop.work.outbox import OutboxMail
from tests.journeys.driving import Driver
from tests.shop.work.conftest import Server


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def mails() -> list[tuple[str, str]]:
    found = host.session().execute(select(OutboxMail.subject, OutboxMail.state)).all()
    host.end_reads()
    return [(subject, state) for subject, state in found]


def a_round() -> None:
    duties.one_round(registers().duties)


def sold_and_delivered(driver: Driver, app: Flask, back: Server, away: str) -> None:
    """Buy while the server is away; then it is back."""
    well = app.config["SHOP_MAIL_URL"]
    app.config["SHOP_MAIL_URL"] = away
    bought = driver.buy()
    a_round()
    assert driver.state(bought.order_id) == "paid"
    ((subject, state),) = mails()
    assert (state, back.taken) == ("queued", [])
    app.config["SHOP_MAIL_URL"] = well
    driver.work()
    assert mails() == [(subject, "sent")]
    assert back.message()["Subject"] == subject


def test_a_dead_port_delays_the_mail_and_not_the_sale(driver: Driver, app: Flask, smtp: Server) -> None:
    sold_and_delivered(driver, app, smtp, "smtp://127.0.0.1:1")


def test_a_server_that_hangs_delays_the_mail_and_not_the_sale(
    driver: Driver,
    app: Flask,
    smtp: Server,
    listener: socket.socket,
) -> None:
    sold_and_delivered(driver, app, smtp, f"smtp://127.0.0.1:{listener.getsockname()[1]}?timeout=0.1")


@pytest.mark.parametrize("answer", ["421 Too busy", "451 Greylisted", "452 Mailbox full"])
@pytest.mark.parametrize("where", ["on_recipient", "after_data"])
def test_a_server_that_says_later_delays_the_mail_and_not_the_sale(
    driver: Driver,
    smtp: Server,
    answer: str,
    where: str,
) -> None:
    setattr(smtp, where, answer)
    bought = driver.buy()
    a_round()
    assert driver.state(bought.order_id) == "paid"
    assert [state for _, state in mails()] == ["queued"]
    setattr(smtp, where, "250 OK")
    driver.work()
    assert [state for _, state in mails()] == ["sent"]
    assert len(smtp.taken) == 1


def test_a_lost_answer_after_the_mail_was_taken_makes_a_second_copy_of_the_same_message(
    driver: Driver,
    smtp: Server,
) -> None:
    """The one case in which a mail arrives twice: its Message-ID tells mailboxes that it is one."""
    smtp.hangs_up_after_data = True
    driver.buy()
    a_round()
    assert [state for _, state in mails()] == ["queued"]
    smtp.hangs_up_after_data = False
    driver.work()
    assert [state for _, state in mails()] == ["sent"]
    first, second = (smtp.read(envelope)["Message-ID"] for envelope in smtp.taken)
    assert first == second


def test_refills_go_on_while_the_server_is_away(driver: Driver, app: Flask, smtp: Server) -> None:
    """A notice was accepted, then the server goes away: the charge falls on its day all the same."""
    bought = driver.buy()
    refill = driver.until_due(bought)
    app.config["SHOP_MAIL_URL"] = "smtp://127.0.0.1:1"
    a_round()
    a_round()
    assert driver.refill(bought).state == "paid"
    driver.travel(clock.now() + timedelta(hours=1), work=False)
    assert ("Your refill is paid and will be sent", "queued") in mails()
    assert refill.number == 1
