"""What staff press on a mail's page: once a click, and each can be taken back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from shop.work.mailing.sending import send_mail
from tests.journeys.mistakes import nothing_changed
from tests.servers.client import Visitor
from tests.shop.admin.conftest import EMAIL, Staff, words
from tests.shop.admin.mails.conftest import Put, state

TO = "ada@example.org"


def press(staff: Staff, mail_id: int, what: str, **data: object) -> int:
    return staff.post(f"/admin/mails/{mail_id}/{what}", page=f"/admin/mails/{mail_id}", **data).status_code


@pytest.mark.parametrize("was", ["sent", "refused", "dead"])
def test_a_mail_is_sent_again_and_called_back(staff: Staff, put: Put, was: str) -> None:
    mail_id = put(was, problem="550 No such mailbox")
    assert press(staff, mail_id, "send-again", times=0) == 303
    assert state(mail_id) == ("queued", TO, 1, False)
    assert press(staff, mail_id, "send-again", times=0) == 303, "the second click changes nothing"
    page = words(staff.get(f"/admin/mails/{mail_id}"))
    assert "Do not send it after all" in page
    assert "asked to send it again" in page
    assert press(staff, mail_id, "call-back", times=1) == 303
    assert state(mail_id) == (was, TO, 2, False)


def test_the_address_is_corrected_for_this_mail(staff: Staff, put: Put) -> None:
    mail_id = put("refused")
    assert press(staff, mail_id, "correct", times=0, to="new@example.org") == 303
    assert state(mail_id) == ("queued", "new@example.org", 1, False)
    page = words(staff.get(f"/admin/mails/{mail_id}"))
    assert "Refused, to ada@example.org" in page
    assert f"{EMAIL} changed the address" in page


@pytest.mark.parametrize(
    "to", ["", "   ", "ada", "a b@example.org", "a" * 190 + "@example.org", "a@b.c\x00", "a@b.c\r\nBcc: x@y.z"]
)
def test_a_wrong_address_gets_a_sentence_beside_it_and_changes_nothing(staff: Staff, put: Put, to: str) -> None:
    mail_id = put("refused")
    with nothing_changed():
        answer = staff.post(f"/admin/mails/{mail_id}/correct", page=f"/admin/mails/{mail_id}", times=0, to=to)
    assert answer.status_code == 422
    assert 'id="to-error"' in answer.text


@pytest.mark.parametrize("what", ["send-again", "call-back", "put-away", "take-back", "correct"])
@pytest.mark.parametrize("times", ["", "x", "1.5", "9" * 30, None])
def test_a_form_that_is_no_form_of_ours_changes_nothing(staff: Staff, put: Put, what: str, times: str | None) -> None:
    mail_id = put("refused")
    given = {"to": "new@example.org"} | ({} if times is None else {"times": times})
    with nothing_changed():
        answer = staff.post(f"/admin/mails/{mail_id}/{what}", page=f"/admin/mails/{mail_id}", **given)
    assert answer.status_code == 422
    assert "Load the page again." in answer.text


@pytest.mark.parametrize("what", ["send-again", "call-back", "put-away", "take-back", "correct"])
def test_a_page_that_is_old_changes_nothing(staff: Staff, put: Put, what: str) -> None:
    mail_id = put("refused", times=3)
    with nothing_changed():
        assert press(staff, mail_id, what, times=2, to="new@example.org") == 303


@pytest.mark.parametrize("what", ["send-again", "call-back", "put-away", "take-back", "correct"])
def test_what_is_no_mail_is_not_found(staff: Staff, put: Put, what: str) -> None:
    page = f"/admin/mails/{put('refused')}"
    assert staff.post(f"/admin/mails/4711/{what}", page=page, times=0, to="a@b.cd").status_code == 404


def test_a_refused_mail_is_put_away_and_taken_back(staff: Staff, put: Put) -> None:
    mail_id = put("refused")
    assert press(staff, mail_id, "put-away", times=0) == 303
    assert state(mail_id) == ("refused", TO, 1, True)
    assert "Take it back" in staff.get(f"/admin/mails/{mail_id}").text
    assert press(staff, mail_id, "take-back", times=1) == 303
    assert state(mail_id) == ("refused", TO, 2, False)


def test_a_mail_that_left_meanwhile_is_not_called_back_and_it_says_so(staff: Staff, put: Put, now: datetime) -> None:
    mail_id = put("refused")
    press(staff, mail_id, "send-again", times=0)
    send_mail(mail_id, now)
    answer = staff.post(f"/admin/mails/{mail_id}/call-back", page=f"/admin/mails/{mail_id}", times=1)
    assert answer.status_code == 409
    assert "sent meanwhile" in answer.text


def test_many_are_sent_again_once_each(staff: Staff, put: Put) -> None:
    ids = [put("dead") for _ in range(3)]
    ticked = [f"{mail_id}.0" for mail_id in ids[:2]]
    for _ in range(2):
        answer = staff.post("/admin/mails/send-again", page="/admin/mails?state=dead", mail=ticked, state="dead")
        assert answer.status_code == 303
        assert answer.location.endswith("/admin/mails?state=dead")
    assert [state(mail_id)[0] for mail_id in ids] == ["queued", "queued", "dead"]
    assert [state(mail_id)[2] for mail_id in ids] == [1, 1, 0]


@pytest.mark.parametrize("ticked", [[], [""], ["x.0"], ["1"], ["."], ["-1.0"], ["9" * 40 + ".0"], ["1.2.3\x00"]])
def test_odd_ticks_change_nothing(staff: Staff, put: Put, ticked: list[str]) -> None:
    put("dead")
    with nothing_changed():
        answer = staff.post("/admin/mails/send-again", page="/admin/mails?state=dead", mail=ticked, state="dead")
    assert answer.status_code in (303, 409)


def test_those_that_cannot_be_sent_again_are_told_by_number(staff: Staff, put: Put, now: datetime) -> None:
    good, cleared = put("dead"), put("dead", text="", html="", cleared_at=now - timedelta(days=1))
    ticked = [f"{good}.0", f"{cleared}.0"]
    answer = staff.post("/admin/mails/send-again", page="/admin/mails?state=dead", mail=ticked, state="dead")
    assert answer.status_code == 409
    assert f"Number {cleared}: The text of this mail was cleared" in words(answer)
    assert (state(good)[0], state(cleared)[0]) == ("queued", "dead")


def test_without_its_token_nothing_is_sent_again(staff: Staff, put: Put) -> None:
    mail_id = put("dead")
    assert staff.client.post(f"/admin/mails/{mail_id}/send-again", data={"times": 0}).status_code == 400
    assert state(mail_id)[0] == "dead"


def test_a_customer_or_a_stranger_does_none_of_it(app: Flask, put: Put) -> None:
    mail_id = put("dead")
    stranger = Visitor(app, use_cookies=True)
    assert stranger.post(f"/admin/mails/{mail_id}/send-again", data={"times": 0}).status_code in (303, 400)
    assert state(mail_id)[0] == "dead"
