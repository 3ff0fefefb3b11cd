"""All templates of mails: what causes each and who reads it, a preview with sample values, and a sample by mail."""

from __future__ import annotations

import secrets
from dataclasses import replace

from flask import Response as Page
from flask import redirect, render_template, request, url_for
from marshmallow import validate
from werkzeug.wrappers import Response

from kits import clock
from kits.errors import NotFound
from kits.host import end_reads, unit
from kits.settings import setting
from shop.admin.orders.forms import LONGEST_MARK
from shop.doors.headers import of_a_mail, with_a_frame
from shop.registers import MailTemplate, registers
from shop.storefront.forms import Form, Wrong, filled, sentences, taken
from shop.work.outbox import post

STALE = "Load the page again."
NO_OWNER = "There is no address to send it to: set OWNER_EMAIL (in a host SHOP_OWNER_EMAIL)."


class SampleForm(Form):
    """A sample to be sent; `submission` is one a form, so that two clicks send one."""

    submission = filled(STALE, validate.Length(max=LONGEST_MARK, error=STALE))


def templates() -> str:
    """Every mail we send."""
    found = [(_address(each), each) for each in registers().mail_templates]
    return render_template("shop/admin/mails/templates.html", templates=found)


def template(room: str, name: str) -> Page:
    """One of them, as it reads with sample values."""
    return _page(_template(room, name), {})


def template_html(room: str, name: str) -> Page:
    """The sample's HTML alone, for the frame on its page."""
    return of_a_mail(Page(_template(room, name).sample(clock.now()).html))


def send_sample(room: str, name: str) -> Response:
    """Send the sample to the owner's address."""
    wanted, owner, now = _template(room, name), str(setting("OWNER_EMAIL")), clock.now()
    try:
        submission = taken(SampleForm, request.form)["submission"]
        if not owner:
            raise Wrong({"submission": NO_OWNER})
    except Wrong as error:
        return _page(wanted, sentences(error), 422)
    sample = wanted.sample(now)
    end_reads()
    with unit() as session:
        letter = replace(sample, subject=f"Sample: {sample.subject}")
        mail_id = post(session, f"sample-{submission}", owner, letter, now=now).id
    return redirect(url_for("refillery_admin.mail", mail_id=mail_id), 303)


def _template(room: str, name: str) -> MailTemplate:
    found = next((each for each in registers().mail_templates if each.name == f"{room}/mails/{name}"), None)
    if found is None:
        raise NotFound("There is no such template.")
    return found


def _address(template: MailTemplate) -> dict[str, str]:
    """The parts of its page's address."""
    room, _, name = template.name.split("/")
    return {"room": room, "name": name}


def _page(template: MailTemplate, errors: dict[str, str], status: int = 200) -> Page:
    page = render_template(
        "shop/admin/mails/template.html",
        template=template,
        address=_address(template),
        sample=template.sample(clock.now()),
        owner=setting("OWNER_EMAIL"),
        submission=secrets.token_urlsafe(16),
        errors=errors,
    )
    return with_a_frame(Page(page, status))


_ONE = "/mails/templates/<room>/<name>"
ROUTES = (
    ("/mails/templates", "mail_templates", templates, ["GET"]),
    (_ONE, "mail_template", template, ["GET"]),
    (f"{_ONE}/html", "mail_template_html", template_html, ["GET"]),
    (f"{_ONE}/send", "mail_template_send", send_sample, ["POST"]),
)
