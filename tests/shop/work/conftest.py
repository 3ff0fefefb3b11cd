"""A real mail server on a free port, and mails to send."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope
from flask import Flask
from sqlalchemy import select

from kits import host
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
        self.on_recipient = self.after_data = "250 OK"
        self.hangs_up_after_data = False
        self.host_and_port = ""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:
        envelope.rcpt_tos.append(address)
        return ANSWERS.get(address, self.on_recipient)

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        if self.after_data.startswith("250"):
            self.taken.append(envelope)
        if self.hangs_up_after_data:
            server.transport.abort()
        return self.after_data

    def message(self) -> Any:
        (envelope,) = self.taken
        return self.read(envelope)

    def read(self, envelope: Envelope) -> Any:
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
