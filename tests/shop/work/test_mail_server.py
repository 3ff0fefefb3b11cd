"""Handing mails over: what arrives at the server or in the folder."""

from __future__ import annotations

import re
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from kits import host
from kits.errors import RefilleryError
from shop.work.duties import one_round, run_once
from shop.work.mailing.mail_server import Envelope, deliver
from shop.work.mailing.sending import MAIL_DUTY, send_mail
from shop.work.outbox import Letter, OutboxMail
from tests.shop.work.conftest import LETTER, Queue, Server, row


def words(message: Any, kind: str) -> str:
    return str(message.get_body((kind,)).get_content()).replace("\r\n", "\n")


def test_an_accepted_mail_is_sent(smtp: Server, queue: Queue, now: datetime) -> None:
    mail_id = queue()
    assert run_once([MAIL_DUTY]) == 1
    assert row(mail_id).state == "sent"
    assert row(mail_id).sent_at >= now
    message = smtp.message()
    assert smtp.taken[0].rcpt_tos == ["ada@example.org"]
    assert (message["To"], message["Subject"], message["From"]) == (
        "ada@example.org",
        "Your order",
        "Refillery <shop@example.org>",
    )
    assert message["Message-ID"] == row(mail_id).message_id
    assert message["Date"].datetime == now.replace(microsecond=0)
    assert words(message, "plain") == LETTER.text
    assert words(message, "html").strip() == LETTER.html


def test_umlauts_signs_and_long_lines_arrive_as_they_were_written(smtp: Server, queue: Queue) -> None:
    letter = Letter("Größe ✓ £49 " + "x" * 180, "Grüße ✓ " + "ä" * 3000 + "\n.\n..\n", "<p>£</p>")
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


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Läden & Söhne", "Läden & Söhne <shop@example.org>"),
        ("A\r\nBcc: x@example.org", '"A Bcc: x@example.org" <shop@example.org>'),
        ('A "B" <C>', '"A \\"B\\" <C>" <shop@example.org>'),
        ("", "shop@example.org"),
    ],
)
def test_the_shops_name_stands_before_an_address_that_has_none(
    smtp: Server, app: Flask, queue: Queue, name: str, shown: str
) -> None:
    app.config["SHOP_NAME"] = name
    queue()
    run_once([MAIL_DUTY])
    assert (str(smtp.message()["From"]), smtp.message()["Bcc"]) == (shown, None)
    assert smtp.taken[0].mail_from == "shop@example.org"


def test_a_mail_is_text_first_then_html_in_lines_that_every_server_takes(smtp: Server, queue: Queue) -> None:
    queue(letter=Letter("word " * 180, "x" * 5000, "<p>" + "ü" * 5000 + "</p>"))
    run_once([MAIL_DUTY])
    message = smtp.message()
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert {part.get_content_charset() for part in message.iter_parts()} == {"utf-8"}
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["MIME-Version"] == "1.0"
    assert message["Subject"].startswith("word word")
    assert 190 < len(message["Subject"]) <= 200
    assert max(map(len, smtp.taken[0].content.splitlines())) < 998  # type: ignore[union-attr, arg-type]


@pytest.mark.parametrize(
    ("sender", "domain"),
    [("shop@example.org", "example.org"), ("A <a@b.example>", "b.example"), ("nobody", "nobody"),
     ("a@b\r\nX: y", "b"), ("a@é.example", "refillery.invalid"), ("", "refillery.invalid")],
)  # fmt: skip
def test_a_message_id_is_of_the_senders_domain(app: Flask, queue: Queue, sender: str, domain: str) -> None:
    app.config["SHOP_MAIL_FROM"] = sender
    assert re.fullmatch(rf"<[0-9a-f]{{32}}@{re.escape(domain)}>", row(queue()).message_id)


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
    mail = Envelope(7, "a@b.c", "\ud800", "\udfff text", "\ud800", "<1@refillery>", now)
    deliver(f"file:{tmp_path / 'out'}", mail, "shop@example.org")
    assert "? text" in (tmp_path / "out" / "00000007.eml").read_text()


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
