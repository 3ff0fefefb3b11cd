"""Telling the shop's owner that a mail did not reach its reader: once, and nothing of what it says.

A mail to the owner raises no alarm, which would not arrive either.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from kits.host import session
from kits.settings import setting
from shop.links import external
from shop.work.letters import letter
from shop.work.mailing.mail_server import Envelope
from shop.work.outbox import DEAD, Letter, OutboxMail, post


def refused(mail: Envelope, now: datetime) -> None:
    """The mail server refused this mail for good. Within the open unit."""
    _tell(mail, refused_letter(mail.number), f"refused:{mail.message_id}", now)


def dead(mail: Envelope, now: datetime) -> None:
    """This mail is given up. Says nothing while another dead one still waits for somebody. Within the open unit."""
    waits = (OutboxMail.state == DEAD, OutboxMail.put_away_at.is_(None), OutboxMail.to != _owner())
    others = session().scalar(select(OutboxMail.id).where(*waits, OutboxMail.id != mail.number).limit(1))
    if others is None:
        _tell(mail, dead_letter(), f"dead:{mail.message_id}", now)


def refused_letter(number: int) -> Letter:
    """What the owner reads when mail `number` was refused."""
    url = external("refillery_admin.mail", mail_id=number)
    return letter("A mail was refused", "shop/mails/refused", mail_number=number, url=url)


def dead_letter() -> Letter:
    """What the owner reads when mails are given up."""
    about = {"hours": f"{setting('MAIL_GIVE_UP_HOURS'):g}", "url": external("refillery_admin.mails", state=DEAD)}
    return letter("Mails could not be sent", "shop/mails/dead", **about)


def _tell(mail: Envelope, told: Letter, key: str, now: datetime) -> None:
    if _owner() and mail.to != _owner():
        post(session(), key, _owner(), told, now=now)


def _owner() -> str:
    return str(setting("OWNER_EMAIL"))
