"""Small files go with a mail, by a server and into a folder alike."""

from __future__ import annotations

from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from kits import host
from shop.work.duties import run_once
from shop.work.mailing.sending import MAIL_DUTY
from shop.work.outbox import LARGEST_FILE, Attachment, post
from tests.shop.work.conftest import LETTER, Server

FILES = (
    Attachment("invoice-R-1.pdf", "application/pdf", b"%PDF-1.7\x00\xff\r\n.\r\n"),
    Attachment("Größe £.txt", "text/plain", b"Widerruf\n.\n"),
)


def enclose(now: datetime) -> None:
    with host.unit() as session:
        post(session, "a", "ada@example.org", LETTER, now=now, attachments=FILES)


def check(message: Any) -> None:
    """The text, the HTML and both files are what they were, byte for byte."""
    assert message.get_content_type() == "multipart/mixed"
    assert [part.get_content_type() for part in message.iter_parts()] == [
        "multipart/alternative",
        "application/pdf",
        "text/plain",
    ]
    found = [
        (part.get_filename(), part.get_content_type(), part.get_payload(decode=True))
        for part in message.iter_attachments()
    ]
    assert found == [(file.name, file.media_type, file.content) for file in FILES]
    assert message.get_body(("plain",)).get_content().replace("\r\n", "\n") == LETTER.text
    assert message.get_body(("html",)).get_content().strip() == LETTER.html


def test_files_arrive_by_a_server_as_they_were(smtp: Server, now: datetime) -> None:
    enclose(now)
    run_once([MAIL_DUTY])
    check(smtp.message())


def test_files_arrive_in_a_folder_as_they_were(mail_folder: Path, now: datetime) -> None:
    enclose(now)
    run_once([MAIL_DUTY])
    (file,) = mail_folder.iterdir()
    check(message_from_bytes(file.read_bytes(), policy=policy.default))


def test_one_cause_makes_one_mail_with_its_files_once(mail_folder: Path, now: datetime) -> None:
    enclose(now)
    enclose(now)
    run_once([MAIL_DUTY])
    (file,) = mail_folder.iterdir()
    check(message_from_bytes(file.read_bytes(), policy=policy.default))


@pytest.mark.parametrize(
    ("name", "media_type", "size"),
    [
        ("a.pdf", "application/pdf", LARGEST_FILE + 1),
        ("", "application/pdf", 1),
        ("a" * 101, "application/pdf", 1),
        ("a.pdf\r\nBcc: x@example.org", "application/pdf", 1),
        ("../a.pdf", "application/pdf", 1),
        ("a\\b.pdf", "application/pdf", 1),
        ('a".pdf', "application/pdf", 1),
        ("a.pdf", "pdf", 1),
        ("a.pdf", "application/pdf\r\nX: y", 1),
        ("a.pdf", "multipart/mixed", 1),
        ("a.eml", "message/rfc822", 1),
    ],
)
def test_what_no_mail_should_carry_is_refused_when_it_is_made(name: str, media_type: str, size: int) -> None:
    with pytest.raises(ValueError, match=r"file|media type"):
        Attachment(name, media_type, b"x" * size)
