"""Writing a version of the notice: typed, looked at beside the one in force, confirmed, published once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask import render_template, request
from marshmallow import fields
from werkzeug.wrappers import Response

from kits import clock
from kits.catalogue import notice
from kits.catalogue.notice import NewNotice
from kits.catalogue.notice_text import LONGEST, tidied
from kits.catalogue.tables import ContraindicationNotice, Kit
from kits.errors import BadInput, WrongState
from kits.host import end_reads, session
from shop.admin.door import actor
from shop.admin.notices.difference import difference
from shop.admin.notices.versions import kit_of, to_version
from shop.admin.stock.forms import submission
from shop.registers import registers
from shop.storefront.forms import Form, Wrong, day, sentences, taken, words

NO_DAY = "Choose the day from which it is in force."
Answer = Response | str | tuple[str, int]


class NoticeForm(Form):
    """A text and its day. `newest` is the last version its writer saw; `step` is what the button says."""

    text = fields.String(load_default="")
    effective_from = day(NO_DAY, required=True)
    newest = words()
    submission = submission()
    step = words()


def write(kit: str) -> str:
    """The form with the text in force; `?of=` starts from another version's."""
    current, now = session(), clock.now()
    known = notice.versions(current, kit_of(current, kit).id)
    asked = request.args.get("of")
    start = notice.one(known, asked) if asked else notice.in_force(known, clock.today(now))
    tomorrow = clock.today(now) + timedelta(days=1)
    values = {"text": start.text if start else "", "effective_from": tomorrow.isoformat()}
    return _page(kit, {**values, "submission": secrets.token_urlsafe(16)}, {})


def written(kit: str) -> Answer:
    """Show what was typed, ask whether it is to be published, or publish it."""
    try:
        read = taken(NoticeForm, request.form)
        new = NewNotice(read["text"], read["effective_from"], read["newest"] or None, read["submission"])
        if read["step"] == "publish":
            return to_version(kit, notice.publish(kit, new, actor=actor(), now=clock.now()), "published")
        return _looked(kit, new, read["step"] == "confirm")
    except (Wrong, BadInput) as error:
        end_reads()
        return _page(kit, request.form, sentences(error)), 422
    except WrongState as error:
        end_reads()
        return _page(kit, request.form, {"text": str(error)}), 409


def _looked(kit: str, new: NewNotice, last: bool) -> str:
    """The form with its preview, or the last question before it is published."""
    current, now = session(), clock.now()
    found = kit_of(current, kit)
    known = notice.versions(current, found.id)
    notice.check(new, known, clock.today(now))
    return _confirm(found, known, new, now) if last else _page(kit, request.form, {})


def _confirm(kit: Kit, known: Sequence[ContraindicationNotice], new: NewNotice, now: datetime) -> str:
    today = clock.today(now)
    return render_template(
        "shop/admin/notices/confirm.html",
        **_shown(known, new.text, today),
        kit=kit,
        new=new,
        today=today,
        next_number=notice.next_number(known),
        to_ask=sum(count(session(), kit.id, new.effective_from, now) for count in registers().plans_to_ask),
    )


def _page(kit: str, values: Mapping[str, Any], errors: dict[str, str]) -> str:
    current, today = session(), clock.today(clock.now())
    found = kit_of(current, kit)
    known = notice.versions(current, found.id)
    return render_template(
        "shop/admin/notices/new.html",
        **_shown(known, values.get("text", ""), today),
        kit=found,
        newest=known[0].version if known else "",
        values=values,
        errors=errors,
        longest=LONGEST,
        first_day=today.isoformat(),
        last_day=(today + notice.FARTHEST).isoformat(),
    )


def _shown(known: Sequence[ContraindicationNotice], text: str, today: date) -> dict[str, Any]:
    """What both pages show of a text: as customers will see it, and what differs from the one in force."""
    current = notice.in_force(known, today)
    tidy = tidied(text) if len(text) <= 2 * LONGEST else ""  # what is far too long is not laid out or compared
    return {
        "preview": tidy,
        "current": current,
        "coming": [each for each in known if notice.is_coming(each, today)],
        "difference": difference(tidied(current.text), tidy) if current and tidy else [],
    }


ROUTES = (
    ("/notices/<kit>/new", "new_notice", write, ["GET"]),
    ("/notices/<kit>/new", "write_notice", written, ["POST"]),
)
