"""Someone at the notices' pages, who sends their forms as they are shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from kits import host
from kits.catalogue.tables import ContraindicationNotice
from tests.shop.admin.conftest import Staff
from tests.shop.storefront.conftest import hidden

NEW = "/admin/notices/mesotherapy-kit/new"
TEXT = "Please do not use this kit if:\r\n- you are pregnant;\r\n- your scalp is wounded."


@dataclass
class Writer:
    """`form` is what the page shows, with another text for tomorrow; `send` sends it on by one of its buttons."""

    staff: Staff
    today: date

    def form(self, page: TestResponse | None = None, **typed: object) -> dict[str, object]:
        page = page or self.staff.get(NEW)
        hides = {name: unescape(hidden(page, name)) for name in ("newest", "submission")}
        return {**hides, "text": TEXT, "effective_from": (self.today + timedelta(days=1)).isoformat(), **typed}

    def send(self, step: str, **typed: object) -> TestResponse:
        return self.staff.post(NEW, page=NEW, step=step, **self.form(**typed))

    def publish(self, **typed: object) -> str:
        """Publish by the button of the last question; the path of the version's page."""
        asked = self.send("confirm", **typed)
        assert asked.status_code == 200
        kept = {name: unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', asked.text)}
        kept.pop("csrf_token")
        answer = self.staff.post(NEW, page=NEW, **{**kept, "step": "publish"})
        assert answer.status_code == 303
        return str(answer.location).partition("?")[0]


@pytest.fixture
def writer(staff: Staff, stocked: str, today: date) -> Writer:
    """Someone signed in."""
    return Writer(staff, today)


def versions() -> list[tuple[str, bool]]:
    """Every version and whether it was withdrawn."""
    rows = host.session().scalars(select(ContraindicationNotice).order_by(ContraindicationNotice.id))
    found = [(row.version, row.withdrawn_at is not None) for row in rows]
    host.end_reads()
    return found
