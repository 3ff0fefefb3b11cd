"""Mails leave by SMTP or into a folder; what is refused raises an alarm, what fails waits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope
from flask import Flask
from sqlalchemy import select, update

from kits import host
from kits.errors import RefilleryError
from shop.work.duties import one_round, run_once
from shop.work.mail import MAIL_DUTY, send_mail
from shop.work.outbox import Letter, OutboxMail, post
from tests.servers.shop_server import free_port

LETTER = Letter("Your order", "Thank you.\n", "<p>Thank you.</p>")
ANSWERS = {
    "refused@example.org": "550 No such mailbox",
    "later@example.org": "451 Come back later",
}


class Server:
    """A mail server's manners: what it took, and whom it refuses."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.after_data = "250 OK"
        self.host_and_port = ""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:
        envelope.rcpt_tos.append(address)
        return ANSWERS.get(address, "250 OK")

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        if self.after_data.startswith("250"):
            self.taken.append(envelope)
        return self.after_data

    def message(self) -> Any:
        (envelope,) = self.taken
        assert isinstance(envelope.content, bytes)
        return message_from_bytes(envelope.content, policy=policy.default)


@pytest.fixture
def smtp(app: Flask) -> Iterator[Server]:
    handler = Server()
    controller = Controller(
        handler,
        "127.0.0.1",
        free_port(),
        enable_SMTPUTF8=False,
        auth_require_tls=False,
        authenticator=lambda *about: AuthResult(success=_knows(about[-1]), handled=False),
    )
    controller.start()
    handler.host_and_port = f"127.0.0.1:{controller.port}"
    app.config["SHOP_MAIL_URL"] = f"smtp://{handler.host_and_port}"
    yield handler
    controller.stop()


def _knows(given: Any) -> bool:
    return bool((given.login, given.password) == (b"shop", b"p@ss/word"))


@pytest.fixture
def queue(app: Flask, now: datetime) -> Callable[..., int]:
    def one(to: str = "ada@example.org", letter: Letter = LETTER, key: str = "a") -> int:
        with host.unit() as session:
            return post(session, key, to, letter, now=now).id

    return one


Queue = Callable[..., int]


def row(mail_id: int) -> Any:
    columns = (OutboxMail.state, OutboxMail.sent_at, OutboxMail.problem, OutboxMail.message_id, OutboxMail.failures)
    try:
        return host.session().execute(select(*columns).where(OutboxMail.id == mail_id)).one()
    finally:
        host.end_reads()


def alarms() -> list[OutboxMail]:
    try:
        return list(host.session().scalars(select(OutboxMail).where(OutboxMail.key.startswith("refused:"))))
    finally:
        host.session().expunge_all()
        host.end_reads()


def words(message: Any, kind: str) -> str:
    return str(message.get_body((kind,)).get_content()).replace("\r\n", "\n")


def test_an_accepted_mail_is_sent(smtp: Server, queue: Queue, now: datetime) -> None:
    mail_id = queue()
    assert run_once([MAIL_DUTY]) == 1
    assert row(mail_id).state == "sent"
    assert row(mail_id).sent_at >= now
    message = smtp.message()
    assert smtp.taken[0].rcpt_tos == ["ada@example.org"]
    assert (message["To"], message["Subject"], message["From"]) == ("ada@example.org", "Your order", "shop@example.org")
    assert message["Message-ID"] == row(mail_id).message_id
    assert message["Date"].datetime == now.replace(microsecond=0)
    assert words(message, "plain") == LETTER.text
    assert words(message, "html").strip() == LETTER.html


def test_a_mail_is_sent_once_however_often_it_is_worked(smtp: Server, queue: Queue, now: datetime) -> None:
    mail_id = queue()
    for _ in range(3):
        send_mail(mail_id, now)
    assert len(smtp.taken) == 1


def test_many_workers_send_each_mail_once(
    smtp: Server, queue: Queue, at_once: Callable[..., list[Any]], now: datetime
) -> None:
    for number in range(12):
        queue(key=f"mail-{number}")
    at_once([lambda: run_once([MAIL_DUTY])] * 4)
    ids = [re.search(rb"(?im)^Message-ID: (\S+)", envelope.content).group(1) for envelope in smtp.taken]  # type: ignore[arg-type, union-attr]
    assert len(ids) == len(set(ids)) == 12


def test_umlauts_signs_and_long_lines_arrive_as_they_were_written(smtp: Server, queue: Queue) -> None:
    letter = Letter("Größe ✓ £49 " + "x" * 200, "Grüße ✓ " + "ä" * 3000 + "\n.\n..\n", "<p>£</p>")
    queue(letter=letter)
    run_once([MAIL_DUTY])
    assert smtp.message()["Subject"] == letter.subject
    assert words(smtp.message(), "plain") == letter.text


def test_a_line_break_in_a_subject_adds_no_header(smtp: Server, queue: Queue) -> None:
    queue(letter=Letter("Hello\r\nBcc: everyone@example.org\r\n\r\nBody", "text", "<p>html</p>"))
    run_once([MAIL_DUTY])
    assert smtp.message()["Bcc"] is None
    assert smtp.taken[0].rcpt_tos == ["ada@example.org"]
    assert smtp.message()["Subject"] == "Hello Bcc: everyone@example.org Body"


def test_an_address_that_the_server_cannot_write_is_refused(smtp: Server, queue: Queue) -> None:
    mail_id = queue(to="jürgen@example.org")
    one_round([MAIL_DUTY])
    assert row(mail_id).state == "refused"


@pytest.mark.parametrize("to", ["a@b.c\r\nRCPT TO:<x@y.z>", "a@b.c\nBcc: x@y.z"])
def test_an_address_with_a_line_break_is_refused_and_reaches_nobody(smtp: Server, queue: Queue, to: str) -> None:
    mail_id = queue(to=to)
    run_once([MAIL_DUTY])
    assert row(mail_id).state == "refused"
    assert [envelope.rcpt_tos for envelope in smtp.taken] == [["owner@example.org"]]


def test_half_a_surrogate_pair_does_not_stop_the_mail(app: Flask, tmp_path: Path, now: datetime) -> None:
    from shop.work.mail_server import Envelope, deliver

    mail = Envelope(7, "a@b.c", "\ud800", "\udfff text", "\ud800", "<1@refillery>", now)
    deliver(f"file:{tmp_path / 'out'}", mail, "shop@example.org")
    assert "? text" in (tmp_path / "out" / "00000007.eml").read_text()


@pytest.mark.parametrize("after_data", ["250 OK", "554 No"])
def test_a_refusal_is_final_and_the_owner_is_told_once(
    smtp: Server, queue: Queue, now: datetime, after_data: str
) -> None:
    to = "refused@example.org" if after_data == "250 OK" else "ada@example.org"
    mail_id = queue(to=to, letter=Letter("About your plan", "private words", "<p>private words</p>"))
    smtp.after_data = after_data
    one_round([MAIL_DUTY])
    send_mail(mail_id, now)
    found = row(mail_id)
    assert (found.state, found.sent_at) == ("refused", None)
    assert found.problem.startswith("55")
    (alarm,) = alarms()
    assert alarm.to == "owner@example.org"
    for word in ("private", "plan", to):
        assert word not in alarm.text + alarm.html + alarm.subject


def test_a_refused_alarm_raises_no_other(smtp: Server, app: Flask, queue: Queue) -> None:
    app.config["SHOP_OWNER_EMAIL"] = "refused@example.org"
    queue(to="refused@example.org")
    run_once([MAIL_DUTY])
    assert alarms() == []
    queue(to="ada@example.org", key="b")
    smtp.after_data = "554 No"
    run_once([MAIL_DUTY])
    assert [alarm.state for alarm in alarms()] == ["refused"]


def test_without_an_owner_nobody_is_told(smtp: Server, app: Flask, queue: Queue) -> None:
    app.config["SHOP_OWNER_EMAIL"] = ""
    mail_id = queue(to="refused@example.org")
    run_once([MAIL_DUTY])
    assert row(mail_id).state == "refused"
    assert alarms() == []


@pytest.mark.parametrize("after_data", ["250 OK", "451 Try later"])
def test_a_server_that_says_later_gets_it_later(smtp: Server, queue: Queue, now: datetime, after_data: str) -> None:
    mail_id = queue(to="later@example.org" if after_data == "250 OK" else "ada@example.org")
    smtp.after_data = after_data
    with pytest.raises(RefilleryError) as waits:
        send_mail(mail_id, now)
    assert waits.value.retry
    assert row(mail_id).state == "queued"
    assert one_round([MAIL_DUTY]) == 0
    assert row(mail_id).failures == 1


def test_a_server_that_is_down_gets_it_when_it_is_back(smtp: Server, app: Flask, queue: Queue) -> None:
    app.config["SHOP_MAIL_URL"] = "smtp://127.0.0.1:1"
    mail_id = queue()
    assert one_round([MAIL_DUTY]) == 0
    app.config["SHOP_MAIL_URL"] = f"smtp://{smtp.host_and_port}"
    run_once([MAIL_DUTY])
    assert row(mail_id).state == "sent"


def test_the_password_may_hold_any_sign(smtp: Server, app: Flask, queue: Queue) -> None:
    app.config["SHOP_MAIL_URL"] = f"smtp://shop:p%40ss%2Fword@{smtp.host_and_port}"
    mail_id = queue()
    run_once([MAIL_DUTY])
    assert row(mail_id).state == "sent"


def test_a_wrong_password_waits_and_is_told_to_no_log(
    smtp: Server, app: Flask, queue: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    app.config["SHOP_MAIL_URL"] = f"smtp://shop:not-this-one@{smtp.host_and_port}"
    mail_id = queue()
    assert one_round([MAIL_DUTY]) == 0
    assert row(mail_id).state == "queued"
    assert "SMTPAuthenticationError" in caplog.text
    assert "not-this-one" not in caplog.text


@pytest.mark.parametrize(
    "url", ["gopher://x", "smtp://127.0.0.1:notaport", "smtps://127.0.0.1:1", "file:/proc/nowhere", "mail"]
)
def test_a_wrong_mail_address_makes_mails_wait_and_refuses_nobody(
    app: Flask, queue: Queue, now: datetime, url: str
) -> None:
    app.config["SHOP_MAIL_URL"] = url
    mail_id = queue()
    with pytest.raises(RefilleryError) as waits:
        send_mail(mail_id, now)
    assert waits.value.retry
    assert row(mail_id).state == "queued"


def test_encryption_that_was_asked_for_is_not_left_out(smtp: Server, app: Flask, queue: Queue, now: datetime) -> None:
    app.config["SHOP_MAIL_URL"] = f"smtp://{smtp.host_and_port}?starttls=1"
    mail_id = queue()
    with pytest.raises(RefilleryError):
        send_mail(mail_id, now)
    assert smtp.taken == []


def test_without_a_mail_address_nothing_is_due(app: Flask, queue: Queue, now: datetime) -> None:
    app.config["SHOP_MAIL_URL"] = ""
    mail_id = queue()
    assert run_once([MAIL_DUTY]) == 0
    with pytest.raises(RefilleryError, match="MAIL_URL"):
        send_mail(mail_id, now)


def test_a_folder_gets_one_file_a_mail_however_often_it_is_written(
    app: Flask, queue: Queue, mail_folder: Path, now: datetime
) -> None:
    mail_id = queue()
    for _ in range(2):
        with host.unit() as session:
            session.execute(update(OutboxMail).values(state="queued"))
        send_mail(mail_id, now)
    (file,) = mail_folder.iterdir()
    assert file.suffix == ".eml"
    assert message_from_bytes(file.read_bytes(), policy=policy.default)["To"] == "ada@example.org"


def test_a_name_with_an_umlaut_may_stand_before_the_senders_address(smtp: Server, app: Flask, queue: Queue) -> None:
    app.config["SHOP_MAIL_FROM"] = "Läden & Söhne <shop@example.org>"
    queue()
    run_once([MAIL_DUTY])
    assert smtp.taken[0].mail_from == "shop@example.org"
    assert smtp.message()["From"] == "Läden & Söhne <shop@example.org>"
