"""Old mails lose their text and files after 90 days; what still waits for somebody stays whole."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from kits import host
from shop.work.duties import one_round
from shop.work.mailing import clearing
from shop.work.mailing.clearing import CLEARING_DUTY, clear_old
from shop.work.outbox import Attachment, OutboxAttachment, OutboxMail, post
from tests.shop.work.conftest import LETTER

FILE = Attachment("a.pdf", "application/pdf", b"%PDF")


def put(key: str, now: datetime, **values: Any) -> int:
    with host.unit() as session:
        mail_id = post(session, key, "ada@example.org", LETTER, now=now, attachments=[FILE]).id
        session.execute(update(OutboxMail).where(OutboxMail.id == mail_id).values(**values))
        return mail_id


def whole(mail_id: int) -> bool:
    """True when nothing of it was cleared; False when all was."""
    mail = host.session().execute(
        select(OutboxMail.text, OutboxMail.html, OutboxMail.cleared_at).where(OutboxMail.id == mail_id)
    )
    files = select(func.count()).select_from(OutboxAttachment).where(OutboxAttachment.mail_id == mail_id)
    left = (*mail.one(), host.session().scalar(files))
    host.end_reads()
    assert left[:2] in ((LETTER.text, LETTER.html), ("", ""))
    assert (left[2] is None) == bool(left[0]) == bool(left[3])
    return bool(left[0])


@pytest.mark.parametrize(("days", "kept"), [(89, True), (90, True), (91, False)])
def test_what_was_sent_90_days_ago_is_cleared(app: Any, now: datetime, days: int, kept: bool) -> None:
    mail_id = put("a", now, state="sent", sent_at=now)
    clear_old(now + timedelta(days=days))
    assert whole(mail_id) is kept


@pytest.mark.parametrize("state", ["queued", "refused", "dead"])
def test_what_waits_for_somebody_stays_whole_however_old_it_is(app: Any, now: datetime, state: str) -> None:
    mail_id = put("a", now, state=state)
    clear_old(now + timedelta(days=900))
    assert whole(mail_id)


def test_what_was_put_away_is_cleared_90_days_after_that(app: Any, now: datetime) -> None:
    mail_id = put("a", now, state="dead", put_away_at=now + timedelta(days=10))
    clear_old(now + timedelta(days=95))
    assert whole(mail_id)
    clear_old(now + timedelta(days=101))
    assert not whole(mail_id)


def test_more_than_one_piece_is_cleared_and_each_once(app: Any, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clearing, "A_PIECE", 2)
    old = [put(f"old-{number}", now, state="sent", sent_at=now) for number in range(5)]
    new = put("new", now, state="sent", sent_at=now + timedelta(days=50))
    later = now + timedelta(days=100)
    clear_old(later)
    clear_old(later + timedelta(days=1))
    assert [whole(mail_id) for mail_id in (*old, new)] == [False] * 5 + [True]
    times = host.session().scalars(select(OutboxMail.cleared_at).where(OutboxMail.cleared_at.is_not(None))).all()
    host.end_reads()
    assert set(times) == {later}


def test_the_worker_clears_once_a_day(app: Any, now: datetime) -> None:
    mail_id = put("a", now, state="sent", sent_at=now - timedelta(days=91))
    assert one_round([CLEARING_DUTY]) == 1
    assert not whole(mail_id)
    assert one_round([CLEARING_DUTY]) == 0
