"""The outbox for staff: what waits, what was refused or given up, what was sent, and one mail as it reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Response, render_template, request

from kits import clock
from kits.host import session
from shop.admin.mails import lists
from shop.admin.orders.forms import an_id
from shop.admin.stock.ledger.words import who
from shop.doors.headers import of_a_mail, with_a_frame
from shop.storefront.forms import UNREADABLE

ACTS = {
    "mail.sent_again": "asked to send it again",
    "mail.corrected": "changed the address",
    "mail.called_back": "called it back",
    "mail.put_away": "put it away",
    "mail.taken_back": "took it back",
}


def mails() -> str:
    """The newest mails; `?state=` and `?to=` pick some, `?before=` goes on."""
    return mails_page([])


def mails_page(problems: Sequence[str]) -> str:
    """The list, with what could not be done just now."""
    kind, to = request.values.get("state", ""), request.values.get("to", "").strip()
    kind = kind if kind in lists.KINDS else ""
    readable = to.isprintable()
    current, now = session(), clock.now()
    before = an_id(request.args.get("before", ""))
    found = lists.mails(current, kind=kind, to=to, before=before) if readable else ()
    page = found[: lists.A_PAGE]
    held = lists.held(current)
    return render_template(
        "shop/admin/mails/mails.html",
        mails=page,
        more=page[-1].id if len(found) > len(page) else None,
        kind=kind,
        kinds=lists.KINDS,
        to=to if readable else "",
        held=held,
        oldest=lists.how_long(now - held.oldest) if held.oldest else "",
        problems=[*problems, *([] if readable else [UNREADABLE])],
    )


def mail(mail_id: int) -> Response:
    """One mail, what became of it, and what can be done."""
    return mail_page(mail_id, {})


def mail_page(mail_id: int, errors: Mapping[str, str]) -> Response:
    """The mail's page, with what is wrong with the form that was handed in."""
    current = session()
    found, acts = lists.mail(current, mail_id), lists.acts(current, mail_id)
    page = render_template(
        "shop/admin/mails/mail.html",
        mail=found,
        acts=[(entry, ACTS[entry.action]) for entry in acts],
        who=who(current, [entry.actor for entry in acts]),
        waits=lists.how_long(clock.now() - found.since),
        kinds=lists.KINDS,
        values={"to": request.form.get("to", found.to)},
        errors=errors,
    )
    return with_a_frame(Response(page))


def mail_html(mail_id: int) -> Response:
    """The mail's HTML alone, for the frame on its page."""
    return of_a_mail(Response(lists.mail(session(), mail_id).html))


ROUTES = (
    ("/mails", "mails", mails, ["GET"]),
    ("/mails/<int:mail_id>", "mail", mail, ["GET"]),
    ("/mails/<int:mail_id>/html", "mail_html", mail_html, ["GET"]),
)
