"""The pages about mails in a real browser: on a desk and a phone, by day and by night; a mail's frame runs nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from kits import host
from shop.work.outbox import Attachment, Letter, OutboxMail, post
from tests.subscriptions.at_the_desk import checks

HOSTILE = "<!doctype html><html lang=en><title>x</title><h1>Hello</h1><script>parent.document.title = 'owned'</script>"
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)]


def put(state: str, subject: str, now: datetime, html: str = HOSTILE, **values: object) -> int:
    letter = Letter(subject, "Hello.\n\nhttps://shop.example/" + "a" * 120 + "\n\nRefillery\n", html)
    with host.unit() as session:
        files = [Attachment("invoice.pdf", "application/pdf", b"%PDF")]
        mail_id = post(session, subject, "ada.lovelace@example.org", letter, now=now, attachments=files).id
        session.execute(update(OutboxMail).where(OutboxMail.id == mail_id).values(state=state, **values))
        return mail_id


def test_a_refused_mail_is_found_corrected_and_called_back(desk: Page, now: datetime) -> None:
    put("refused", "Your order R-1", now, problem="550 5.1.1 No such mailbox")
    put("sent", "Your order R-2", now, sent_at=now)
    put("queued", "Your order R-3", now - timedelta(hours=5), failing_since=now, problem="Mails wait: it said 421.")
    desk.goto("/admin/mails")
    checks(desk)
    desk.get_by_role("link", name="Refused").click()
    checks(desk)
    desk.get_by_role("link", name="Your order R-1").click()
    expect(desk.get_by_text("The mail server refused it for good")).to_be_visible()
    checks(desk)
    desk.get_by_text("Correct the address and send it there").click()
    desk.get_by_label("E-mail address").fill("new@example.org")
    checks(desk)
    desk.get_by_role("button", name="Send it to this address").click()
    expect(desk.get_by_text("It waits to leave")).to_be_visible()
    desk.get_by_role("button", name="Do not send it after all").click()
    desk.get_by_role("button", name="Put it away").click()
    expect(desk.get_by_role("button", name="Take it back")).to_be_visible()
    checks(desk)


def test_a_mails_frame_runs_no_script(desk: Page, now: datetime) -> None:
    mail_id = put("sent", "Your order R-1", now, sent_at=now)
    desk.goto(f"/admin/mails/{mail_id}")
    expect(desk.frame_locator("iframe").get_by_role("heading", name="Hello")).to_be_visible()
    assert "owned" not in desk.title()


def test_the_list_of_templates_and_a_preview(desk: Page) -> None:
    desk.goto("/admin/mails")
    desk.get_by_role("link", name="Templates and previews").click()
    checks(desk)
    desk.get_by_role("link", name="Notice before a charge").click()
    frame = desk.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="Your next serum refill")).to_be_visible()
    checks(desk)
    desk.get_by_role("button", name="Send this sample to").click()
    expect(desk.get_by_role("heading", name="Sample: Your next serum refill")).to_be_visible()


@pytest.mark.parametrize("name", ["shop/order_confirmed", "subscriptions/advance_notice", "shop/stock_alerts"])
def test_a_mail_itself_reads_well(desk: Page, name: str) -> None:
    """Opened as a mailbox shows it: in its own page the policy would stop the script that looks for violations."""
    html = desk.request.get(f"/admin/mails/templates/{name}/html").text()
    desk.goto("about:blank")
    desk.set_content(html)
    checks(desk)
    assert desk.locator("h1").count() == 1
