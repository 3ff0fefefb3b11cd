"""What staff do with mails: send again, one or many, correct an address, put away, and take each back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flask import Response as Page
from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from kits import clock
from kits.errors import BadInput, NotFound, WrongState
from kits.host import end_reads
from shop.admin.door import actor
from shop.admin.mails.lists import A_PAGE
from shop.admin.mails.outbox import mail_page, mails_page
from shop.admin.orders.forms import an_id
from shop.storefront.forms import NO_EMAIL, Form, Wrong, filled, sentences, taken, whole
from shop.work.mailing import again

STALE = "Load the page again."


class ActForm(Form):
    """One thing to do with a mail; `times` is how often it was changed when the page was shown."""

    times = whole(STALE, required=True)


class CorrectForm(ActForm):
    """Another address for a mail."""

    to = filled(NO_EMAIL)


def send_again(mail_id: int) -> Response:
    """Queue it once more."""
    return _act(again.send_again, mail_id)


def call_back(mail_id: int) -> Response:
    """Undo that while it has not left."""
    return _act(again.call_back, mail_id)


def put_away(mail_id: int) -> Response:
    """It needs nobody any more."""
    return _act(again.put_away, mail_id)


def take_back(mail_id: int) -> Response:
    """Undo that."""
    return _act(again.take_back, mail_id)


def correct(mail_id: int) -> Response:
    """Send it to another address."""
    try:
        read = taken(CorrectForm, request.form)
        again.correct(mail_id, read["times"], read["to"], actor=actor(), now=clock.now())
    except (Wrong, BadInput) as error:
        return _again_with(mail_id, sentences(error), 422)
    except WrongState as error:
        return _again_with(mail_id, {"to": str(error)}, 409)
    return _shown(mail_id)


def send_many() -> Response | tuple[str, int]:
    """Queue all that are ticked; those that cannot be are told by number."""
    problems = []
    for mail_id, times in _ticked():
        try:
            again.send_again(mail_id, times, actor=actor(), now=clock.now())
        except (WrongState, NotFound) as error:
            problems.append(f"Number {mail_id}: {error}")
    if problems:
        return mails_page(problems), 409
    kind = request.form.get("state") or None
    return redirect(url_for("refillery_admin.mails", state=kind, to=request.form.get("to") or None), 303)


def _ticked() -> Iterator[tuple[int, int]]:
    for each in request.form.getlist("mail")[:A_PAGE]:
        mail_id, times = (an_id(part) for part in (each + ".").split(".")[:2])
        if mail_id is not None and times is not None:
            yield mail_id, times


def _act(act: Callable[..., bool], mail_id: int) -> Response:
    try:
        act(mail_id, taken(ActForm, request.form)["times"], actor=actor(), now=clock.now())
    except Wrong as error:
        return _again_with(mail_id, sentences(error), 422)
    except WrongState as error:
        return _again_with(mail_id, {"times": str(error)}, 409)
    return _shown(mail_id)


def _shown(mail_id: int) -> Response:
    return redirect(url_for("refillery_admin.mail", mail_id=mail_id), 303)


def _again_with(mail_id: int, errors: dict[str, str], status: int) -> Page:
    end_reads()
    page = mail_page(mail_id, errors)
    page.status_code = status
    return page


_ONE = "/mails/<int:mail_id>"
ROUTES = (
    ("/mails/send-again", "mails_again", send_many, ["POST"]),
    (f"{_ONE}/send-again", "mail_again", send_again, ["POST"]),
    (f"{_ONE}/call-back", "mail_call_back", call_back, ["POST"]),
    (f"{_ONE}/put-away", "mail_put_away", put_away, ["POST"]),
    (f"{_ONE}/take-back", "mail_take_back", take_back, ["POST"]),
    (f"{_ONE}/correct", "mail_correct", correct, ["POST"]),
)
