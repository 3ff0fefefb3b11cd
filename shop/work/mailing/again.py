"""What staff do with a mail: send it again, correct its address, put it away, and take each of these back.

Each names how often the mail was changed so far (`times`): of two clicks one acts.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits import audit
from kits.errors import BadInput, NotFound, WrongState
from kits.host import unit
from shop.orders.checkout import EMAIL
from shop.registers import registers
from shop.work.outbox import DEAD, QUEUED, REFUSED, EarlierSending, OutboxMail, new_message_id

LONGEST_EMAIL = 200
LEAVING = "This mail is leaving at this moment. Look again in a minute."
CLEARED = "The text of this mail was cleared, so it cannot be sent again."
NOT_UNDONE = "This mail was sent meanwhile, so it cannot be called back."


def send_again(mail_id: int, times: int, *, actor: str, now: datetime) -> bool:
    """Queue a mail once more that was sent, refused or given up; False when a click before did. Commits.

    What became of it before is kept; a sent one counts as sent only when the
    server has accepted it again. Raises WrongState when its text was cleared,
    or when a room above says that it must not go out again.
    """
    with unit() as session:
        mail = _locked(session, mail_id)
        if mail.times != times or mail.state == QUEUED:
            return False
        _queue(session, mail, mail.to, actor, now)
        _record(session, mail, "mail.sent_again", actor, now)
        return True


def correct(mail_id: int, times: int, to: str, *, actor: str, now: datetime) -> bool:
    """Send a mail to another address, whatever became of it so far; False when a click before did. Commits.

    The customer's own address stays what it is. Raises BadInput for what is
    no address, WrongState as `send_again` does, and while it is leaving.
    """
    to = to.strip()
    if not EMAIL.fullmatch(to) or len(to) > LONGEST_EMAIL or not to.isprintable():
        raise BadInput("to", "Please give an e-mail address like name@example.org, of up to 200 characters.")
    with unit() as session:
        mail = _locked(session, mail_id)
        if mail.times != times or mail.to == to:
            return False
        _not_leaving(mail)
        _queue(session, mail, to, actor, now)
        _record(session, mail, "mail.corrected", actor, now)
        return True


def call_back(mail_id: int, times: int, *, actor: str, now: datetime) -> bool:
    """Undo `send_again` or `correct` while the mail has not left; False when a click before did. Commits.

    Raises WrongState when it has left, or leaves at this moment.
    """
    with unit() as session:
        mail = _locked(session, mail_id)
        if mail.times != times or not mail.earlier:
            return False
        if mail.state != QUEUED:
            raise WrongState(NOT_UNDONE)
        _not_leaving(mail)
        before = mail.earlier[-1]
        mail.to, mail.message_id, mail.state = before.to, before.message_id, before.state
        mail.sent_at, mail.problem = before.sent_at, before.problem
        session.delete(before)
        _record(session, mail, "mail.called_back", actor, now)
        return True


def put_away(mail_id: int, times: int, *, actor: str, now: datetime) -> bool:
    """A refused or dead mail needs nobody any more; False when a click before did it, or it is neither. Commits."""
    return _put(mail_id, times, now, "mail.put_away", actor, now)


def take_back(mail_id: int, times: int, *, actor: str, now: datetime) -> bool:
    """Undo `put_away`; False when a click before did. Commits."""
    return _put(mail_id, times, None, "mail.taken_back", actor, now)


def _put(mail_id: int, times: int, away: datetime | None, action: str, actor: str, now: datetime) -> bool:
    with unit() as session:
        mail = _locked(session, mail_id)
        if mail.times != times or mail.state not in (REFUSED, DEAD) or (mail.put_away_at is None) == (away is None):
            return False
        mail.put_away_at = away
        _record(session, mail, action, actor, now)
        return True


def _locked(session: Session, mail_id: int) -> OutboxMail:
    wanted = select(OutboxMail).where(OutboxMail.id == mail_id).with_for_update()
    mail = session.scalars(wanted.execution_options(populate_existing=True)).first()
    if mail is None:
        raise NotFound("There is no such mail.")
    return mail


def _not_leaving(mail: OutboxMail) -> None:
    if mail.state == QUEUED and mail.claimed_by is not None:
        raise WrongState(LEAVING)


def _queue(session: Session, mail: OutboxMail, to: str, actor: str, now: datetime) -> None:
    if not mail.text:
        raise WrongState(CLEARED)
    for step in registers().again_steps:
        step(session, mail, now)
    before = EarlierSending(
        to=mail.to,
        message_id=mail.message_id,
        state=mail.state,
        sent_at=mail.sent_at,
        problem=mail.problem,
        until=now,
        actor=actor,
    )
    mail.earlier.append(before)
    # A new Message-ID: under the old one a mailbox may drop what it takes for the same mail.
    mail.to, mail.message_id, mail.state, mail.again_at = to, new_message_id(), QUEUED, now
    mail.sent_at = mail.problem = mail.failing_since = mail.put_away_at = None
    mail.claimed_by, mail.free_at, mail.failures = None, 0.0, 0


def _record(session: Session, mail: OutboxMail, action: str, actor: str, now: datetime) -> None:
    mail.times += 1
    session.flush()
    audit.record(session, at=now, actor=actor, action=action, subject=f"mail:{mail.id}", times=mail.times)
