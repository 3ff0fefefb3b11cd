"""The outbox's list and a mail's page: what waits and for how long, what needs somebody, how a mail reads."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from kits import host
from shop.admin.mails import lists
from tests.bench.statements import counted
from tests.shop.admin.conftest import Staff, words
from tests.shop.admin.mails.conftest import Put


def test_the_list_shows_each_state_and_the_search_one_address(staff: Staff, put: Put) -> None:
    for state in ("queued", "refused", "dead", "sent"):
        put(state, to=f"{state}@example.org", subject=f"Mail {state}")
    everything = staff.get("/admin/mails").text
    for state in ("queued", "refused", "dead", "sent"):
        assert f"Mail {state}" in everything
        page = staff.get(f"/admin/mails?state={state}").text
        assert re.findall(r"Mail \w+", page) == [f"Mail {state}"]
    assert re.findall(r"Mail \w+", staff.get("/admin/mails?to=SENT@example.org").text) == ["Mail sent"]
    assert "No mail to this address" in staff.get("/admin/mails?to=nobody@example.org").text


def test_what_is_put_away_stands_apart(staff: Staff, put: Put, now: datetime) -> None:
    put("dead", subject="Mail one", put_away_at=now)
    assert "Mail one" not in staff.get("/admin/mails?state=dead").text
    assert "Mail one" in staff.get("/admin/mails?state=put_away").text


@pytest.mark.parametrize(
    "query", ["state=nonsense", "before=x", "before=-1", "to=%00", "to=" + "a" * 5000, "state=%00"]
)
def test_an_odd_address_shows_a_list_all_the_same(staff: Staff, put: Put, query: str) -> None:
    put()
    assert staff.get(f"/admin/mails?{query}").status_code == 200


def test_the_list_goes_on_page_by_page(staff: Staff, put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "A_PAGE", 3)
    for number in range(7):
        put("sent", subject=f"Mail {number}")
    address, seen = "/admin/mails?state=sent", []
    while address:
        page = staff.get(address).text
        seen += re.findall(r"Mail (\d)", page)
        more = re.search(r'href="([^"]+before=\d+)"', page)
        address = more.group(1).replace("&amp;", "&") if more else ""
    assert seen == list("6543210")


def test_the_list_takes_as_many_statements_however_many_mails(staff: Staff, put: Put) -> None:
    def statements() -> int:
        with counted(host.engine()) as found:
            staff.get("/admin/mails?state=refused")
        return len(found)

    put("refused")
    few = statements()
    for _ in range(10):
        put("refused")
    assert statements() == few <= 8


def test_a_server_that_is_down_is_said_with_the_age_of_the_oldest(staff: Staff, put: Put, now: datetime) -> None:
    put(queued_at=now - timedelta(hours=5), failing_since=now - timedelta(hours=5), problem="Mails wait: it said 421.")
    put()
    page = words(staff.get("/admin/mails"))
    assert "does not take our mails Mails wait: it said 421." in page
    assert "the oldest for 5 hours" in page
    assert "The mail server does not take them" in words(staff.get("/admin/"))


def test_todays_card_names_what_needs_somebody_until_it_is_put_away(staff: Staff, put: Put, now: datetime) -> None:
    put("refused"), put("dead"), put("dead")
    assert "2 could not be sent, 1 was refused" in words(staff.get("/admin/"))


def test_a_card_without_trouble_is_calm(staff: Staff, put: Put, now: datetime) -> None:
    put("refused", put_away_at=now)
    assert "rf-low" not in re.findall(r'aria-labelledby="mails".*?</section>', staff.get("/admin/").text, re.DOTALL)[0]


@pytest.mark.parametrize(
    ("span", "said"),
    [(-5, "0 minutes"), (59, "0 minutes"), (60, "1 minute"), (3599, "59 minutes"), (3600, "1 hour"), (7200, "2 hours"),
     (86399, "23 hours"), (86400, "1 day"), (5 * 86400, "5 days")],
)  # fmt: skip
def test_ages_are_told_in_their_largest_unit(span: int, said: str) -> None:
    assert lists.how_long(timedelta(seconds=span)) == said


def test_a_mails_page_shows_what_it_says_as_text_never_as_markup(staff: Staff, put: Put) -> None:
    page = staff.get(f"/admin/mails/{put('sent')}").text
    assert "Thank you &amp; &lt;b&gt;welcome&lt;/b&gt;." in page
    assert "<script>alert" not in page
    for told in ("ada@example.org", "terms.pdf", "Accepted by the mail server", "@example.org&gt;"):
        assert told in page


def test_a_mails_html_runs_nothing_and_shows_in_our_frame_only(staff: Staff, put: Put) -> None:
    mail_id = put("sent")
    shown = staff.get(f"/admin/mails/{mail_id}/html")
    policy = shown.headers["Content-Security-Policy"]
    parts = [part.strip() for part in policy.split(";")]
    assert {"default-src 'none'", "sandbox", "frame-ancestors 'self'", "form-action 'none'"} <= set(parts)
    assert "script" not in policy
    page = staff.get(f"/admin/mails/{mail_id}")
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert f'src="/admin/mails/{mail_id}/html" title="The mail as HTML" sandbox' in page.text


def test_other_pages_have_no_frames(staff: Staff) -> None:
    assert "frame-src" not in staff.get("/admin/mails").headers["Content-Security-Policy"]


def test_a_cleared_mail_says_so(staff: Staff, put: Put, now: datetime) -> None:
    page = words(staff.get(f"/admin/mails/{put('sent', text='', html='', cleared_at=now)}"))
    assert "Its text was cleared" in page
    assert "Send it again" not in page


@pytest.mark.parametrize("path", ["/admin/mails/4711", "/admin/mails/4711/html"])
def test_no_mail_is_no_page(staff: Staff, path: str) -> None:
    assert staff.get(path).status_code == 404
