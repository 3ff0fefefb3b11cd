"""Mails in every state, written by the outbox and put into it by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from kits import host
from shop.work.outbox import Attachment, Letter, OutboxMail, post
from tests.journeys.conftest import driver  # noqa: F401
from tests.subscriptions.at_the_desk import desk  # noqa: F401

LETTER = Letter("Your order", "Thank you & <b>welcome</b>.\n", "<p>Thank you.</p><script>alert(1)</script>")
Put = Callable[..., int]


@pytest.fixture
def put(staff: Any, now: datetime) -> Put:
    """`put("refused", to="…")` writes a mail in that state; its id."""
    written: list[int] = []

    def one(state: str = "queued", to: str = "ada@example.org", subject: str = "Your order", **values: Any) -> int:
        letter = Letter(subject, LETTER.text, LETTER.html)
        files = [Attachment("terms.pdf", "application/pdf", b"%PDF")]
        with host.unit() as session:
            mail_id = post(session, f"mail-{len(written)}", to, letter, now=now, attachments=files).id
            sent_at = now if state == "sent" else None
            changed = update(OutboxMail).where(OutboxMail.id == mail_id)
            session.execute(changed.values(state=state, sent_at=sent_at, **values))
        written.append(mail_id)
        return mail_id

    return one


def state(mail_id: int) -> tuple[str, str, int, bool]:
    """State, address, how often it was changed, and whether it is put away."""
    columns = (OutboxMail.state, OutboxMail.to, OutboxMail.times, OutboxMail.put_away_at)
    found = host.session().execute(select(*columns).where(OutboxMail.id == mail_id)).one()
    host.end_reads()
    return found.state, found.to, found.times, found.put_away_at is not None
