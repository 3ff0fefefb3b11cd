"""Staff send a mail again, correct its address, put it away, and take each back: once a click."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from kits import host
from kits.audit import AuditEntry
from kits.errors import BadInput, NotFound, WrongState
from shop.work.duties import run_once
from shop.work.mailing import again
from shop.work.mailing.clearing import clear_old
from shop.work.mailing.sending import MAIL_DUTY
from shop.work.outbox import EarlierSending, OutboxMail
from tests.shop.work.conftest import Queue, Server, alarms, row

BY = "staff:7"


def refused(smtp: Server, queue: Queue) -> int:
    mail_id = queue(to="refused@example.org")
    run_once([MAIL_DUTY])
    assert row(mail_id).state == "refused"
    smtp.taken.clear()
    return mail_id


def sent(smtp: Server, queue: Queue) -> int:
    mail_id = queue()
    run_once([MAIL_DUTY])
    smtp.taken.clear()
    return mail_id


def audited(mail_id: int) -> list[Any]:
    of = select(AuditEntry.action, AuditEntry.actor, AuditEntry.detail).where(AuditEntry.subject == f"mail:{mail_id}")
    try:
        return list(host.session().execute(of.order_by(AuditEntry.id)))
    finally:
        host.end_reads()


def earlier(mail_id: int) -> list[Any]:
    columns = (EarlierSending.to, EarlierSending.state, EarlierSending.sent_at, EarlierSending.actor)
    try:
        return list(host.session().execute(select(*columns).where(EarlierSending.mail_id == mail_id)))
    finally:
        host.end_reads()


def test_two_clicks_send_it_once(smtp: Server, queue: Queue, now: datetime) -> None:
    mail_id = sent(smtp, queue)
    assert again.send_again(mail_id, 0, actor=BY, now=now)
    assert not again.send_again(mail_id, 0, actor=BY, now=now)
    run_once([MAIL_DUTY])
    assert not again.send_again(mail_id, 0, actor=BY, now=now), "a click that comes late"
    run_once([MAIL_DUTY])
    assert len(smtp.taken) == 1
    assert [entry.action for entry in audited(mail_id)] == ["mail.sent_again"]


def test_many_clicks_at_once_send_it_once(
    smtp: Server, queue: Queue, at_once: Callable[..., list[Any]], now: datetime
) -> None:
    mail_id = sent(smtp, queue)
    done = at_once([lambda: again.send_again(mail_id, 0, actor=BY, now=now)] * 6)
    assert sorted(done) == [False] * 5 + [True]
    run_once([MAIL_DUTY])
    assert len(smtp.taken) == 1


def test_what_became_of_it_before_is_kept(smtp: Server, queue: Queue, now: datetime) -> None:
    mail_id = sent(smtp, queue)
    first = row(mail_id)
    again.send_again(mail_id, 0, actor=BY, now=now + timedelta(days=1))
    assert row(mail_id).sent_at is None, "not accepted until the server has taken it again"
    assert earlier(mail_id) == [("ada@example.org", "sent", first.sent_at, BY)]
    run_once([MAIL_DUTY])
    assert smtp.message()["Message-ID"] == row(mail_id).message_id != first.message_id
    assert smtp.message()["Date"].datetime == (now + timedelta(days=1)).replace(microsecond=0)


def test_a_corrected_address_is_for_this_mail_and_stands_in_no_log(smtp: Server, queue: Queue, now: datetime) -> None:
    mail_id = refused(smtp, queue)
    assert again.correct(mail_id, 0, " new@example.org ", actor=BY, now=now)
    run_once([MAIL_DUTY])
    assert ["new@example.org"] in [envelope.rcpt_tos for envelope in smtp.taken]
    assert row(mail_id).state == "sent"
    assert earlier(mail_id) == [("refused@example.org", "refused", None, BY)]
    assert audited(mail_id) == [("mail.corrected", BY, {"times": 1})]


@pytest.mark.parametrize(
    "to", ["", "ada", "a b@example.org", "a@b.c\r\nBcc: x@y.z", "a" * 190 + "@example.org", "a@b.c\x00"]
)
def test_what_is_no_address_changes_nothing(smtp: Server, queue: Queue, now: datetime, to: str) -> None:
    mail_id = refused(smtp, queue)
    with pytest.raises(BadInput, match="e-mail address") as wrong:
        again.correct(mail_id, 0, to, actor=BY, now=now)
    assert wrong.value.field == "to"
    assert (row(mail_id).state, earlier(mail_id)) == ("refused", [])


def test_a_mail_that_is_refused_again_raises_its_alarm_again(smtp: Server, queue: Queue, now: datetime) -> None:
    mail_id = refused(smtp, queue)
    again.send_again(mail_id, 0, actor=BY, now=now)
    run_once([MAIL_DUTY])
    assert row(mail_id).state == "refused"
    assert len(alarms()) == 2


def test_before_it_has_left_it_can_be_called_back(smtp: Server, queue: Queue, now: datetime) -> None:
    mail_id = refused(smtp, queue)
    before = row(mail_id)
    again.correct(mail_id, 0, "new@example.org", actor=BY, now=now)
    assert again.call_back(mail_id, 1, actor=BY, now=now)
    assert not again.call_back(mail_id, 1, actor=BY, now=now), "two clicks"
    assert row(mail_id) == before
    assert earlier(mail_id) == []
    assert [entry.action for entry in audited(mail_id)] == ["mail.corrected", "mail.called_back"]
    run_once([MAIL_DUTY])
    assert [envelope.rcpt_tos for envelope in smtp.taken] == []


def test_a_mail_that_has_left_or_is_leaving_is_not_called_back(smtp: Server, queue: Queue, now: datetime) -> None:
    mail_id = sent(smtp, queue)
    again.send_again(mail_id, 0, actor=BY, now=now)
    with host.unit() as session:
        session.execute(update(OutboxMail).values(claimed_by="a worker"))
    with pytest.raises(WrongState, match="leaving at this moment"):
        again.call_back(mail_id, 1, actor=BY, now=now)
    with pytest.raises(WrongState, match="leaving at this moment"):
        again.correct(mail_id, 1, "new@example.org", actor=BY, now=now)
    with host.unit() as session:
        session.execute(update(OutboxMail).values(claimed_by=None))
    run_once([MAIL_DUTY])
    with pytest.raises(WrongState, match="sent meanwhile"):
        again.call_back(mail_id, 1, actor=BY, now=now)


def test_a_mail_that_was_never_sent_again_has_nothing_to_call_back(queue: Queue, now: datetime) -> None:
    assert not again.call_back(queue(), 0, actor=BY, now=now)


def test_a_worker_that_is_late_does_not_end_what_was_asked_for_again(
    smtp: Server, queue: Queue, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It read the mail, was slow, and staff changed the address meanwhile: the new address must still get it."""
    from shop.work.mailing import sending

    mail_id, deliver = queue(), sending.deliver

    def slow(*about: Any) -> None:
        monkeypatch.setattr(sending, "deliver", deliver)
        again.correct(mail_id, 0, "new@example.org", actor=BY, now=now)
        deliver(*about)

    monkeypatch.setattr(sending, "deliver", slow)
    sending.send_mail(mail_id, now)
    assert row(mail_id).state == "queued"
    run_once([MAIL_DUTY])
    assert [envelope.rcpt_tos for envelope in smtp.taken] == [["ada@example.org"], ["new@example.org"]]


def test_a_refused_mail_is_put_away_and_taken_back_once_a_click(smtp: Server, queue: Queue, now: datetime) -> None:
    mail_id = refused(smtp, queue)
    assert again.put_away(mail_id, 0, actor=BY, now=now)
    assert not again.put_away(mail_id, 0, actor=BY, now=now)
    assert again.take_back(mail_id, 1, actor=BY, now=now)
    assert not again.take_back(mail_id, 2, actor=BY, now=now)
    assert row(mail_id).state == "refused"
    assert [entry.action for entry in audited(mail_id)] == ["mail.put_away", "mail.taken_back"]


def test_only_what_did_not_leave_is_put_away(smtp: Server, queue: Queue, now: datetime) -> None:
    mail_id = sent(smtp, queue)
    assert not again.put_away(mail_id, 0, actor=BY, now=now)


@pytest.mark.parametrize("act", [again.send_again, again.call_back, again.put_away, again.take_back])
def test_a_mail_that_is_not_there_is_not_found(app: Any, now: datetime, act: Callable[..., bool]) -> None:
    with pytest.raises(NotFound):
        act(4711, 0, actor=BY, now=now)


def test_a_cleared_mail_cannot_be_sent_again(smtp: Server, queue: Queue, now: datetime) -> None:
    mail_id, later = sent(smtp, queue), now + timedelta(days=91)
    clear_old(later)
    with pytest.raises(WrongState, match="cleared"):
        again.send_again(mail_id, 0, actor=BY, now=later)
    assert row(mail_id).state == "sent"
