"""New versions of the notice while plans run, the mails that tell of them and the pages that confirm them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from kits import clock, host
from kits.catalogue.first_kit import SLUG
from kits.catalogue.notice import NewNotice, publish
from kits.catalogue.tables import ContraindicationNotice
from subscriptions.acknowledging.tables import PlanAcknowledgement
from tests.servers.client import Visitor
from tests.shop.storefront.conftest import all_hidden

CHANGED = "The notice on who must not use the kit has changed."
REMINDED = "You have not confirmed yet"


def rows() -> list[Any]:
    """What was asked and answered: plan, version, asked, accepted."""
    columns = (
        PlanAcknowledgement.subscription_id,
        PlanAcknowledgement.version,
        PlanAcknowledgement.asked_at,
        PlanAcknowledgement.accepted_at,
    )
    found = host.session().execute(select(*columns).order_by(PlanAcknowledgement.id)).all()
    host.end_reads()
    return list(found)


@pytest.fixture
def new_notice(app: Flask) -> Callable[..., str]:
    """`new_notice()` publishes the next version, in force today unless told otherwise; its number."""

    def say(day: date | None = None, text: str = "") -> str:
        known = host.session().scalars(select(ContraindicationNotice.version).order_by(ContraindicationNotice.id)).all()
        host.end_reads()
        words = text or f"Words of version {len(known) + 1}.\n\n- one point;\n- another."
        now = clock.now()
        return publish(SLUG, NewNotice(words, day or clock.today(now), known[-1]), actor="staff:1", now=now)

    return say


@pytest.fixture
def advance_notices(mail_folder: Path) -> Callable[[], list[str]]:
    """The texts of all advance notices sent so far, the oldest first."""

    def sent() -> list[str]:
        mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(mail_folder.iterdir())]
        texts = [mail.get_body(("plain",)) for mail in mails if mail["Subject"] == "Your next serum refill"]
        return [str(text.get_content()) for text in texts if text is not None]

    return sent


def link_in(mail: str) -> str:
    """The path of the page that a mail asks to confirm the notice on; empty without one."""
    found = re.search(r"https?://[^/\s]+(/notices/\S+|/orders/\S+/notice)\s", mail)
    return found.group(1) if found else ""


def confirm(client: Visitor, path: str, **typed: object) -> Any:
    """Send the page's form as it is shown, with the box ticked unless told otherwise."""
    page = client.get(path)
    assert 'name="csrf_token"' in page.text, "the page has no form"
    return client.post(path, data={**all_hidden(page), "accepted": "1", **typed})
