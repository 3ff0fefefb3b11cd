"""The page that shows a new notice and keeps that it was read; what other pages say of it meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import current_app

from kits import clock, host
from shop.orders.find import order_by_id
from subscriptions.commands import end
from subscriptions.pages.sections import account_section, order_section, today_card
from tests.journeys.driving import Bought, Driver, days
from tests.journeys.mistakes import nothing_changed
from tests.servers.client import Visitor
from tests.shop.admin.conftest import words
from tests.subscriptions.acknowledging.conftest import confirm, link_in, rows

LINE = "The notice has changed: please read it"


@pytest.fixture
def asked(
    driver: Driver, bought: Bought, new_notice: Callable[..., str], advance_notices: Callable[[], list[str]]
) -> str:
    """The path of the page that a mail leads to: the plan was asked about version 2."""
    new_notice()
    driver.travel(driver.refill(bought).notice_on)
    return link_in(advance_notices()[0])


def test_the_page_shows_the_text_and_one_box_that_nobody_has_ticked(asked: str, client: Visitor) -> None:
    page = client.get(asked)
    assert page.text.count('type="checkbox"') == 1
    assert "checked" not in page.text
    said = words(page)
    for part in ("Words of version 2.", "another.", "Version 2, in force since", "talk to your doctor first"):
        assert part in said


def test_the_page_leads_to_ending_the_refills(asked: str, client: Visitor, bought: Bought) -> None:
    path = f"/orders/{bought.token}/refills/{bought.subscription_id}/end"
    assert f'href="{path}"' in client.get(asked).text
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("typed", [{"accepted": ""}, {"accepted": "0"}, {"accepted": "maybe"}, {"accepted": "\0"}])
def test_without_the_tick_nothing_is_kept_and_the_page_says_so(
    typed: dict[str, str], asked: str, client: Visitor
) -> None:
    answer = confirm(client, asked, **typed)
    assert (answer.status_code, 'id="accepted-error"' in answer.text) == (422, True)
    assert rows()[0][3] is None


@pytest.fixture
def other(driver: Driver) -> Bought:
    """Someone else's plan."""
    return driver.buy()


def test_a_link_that_is_not_ones_own_opens_nothing(other: Bought, asked: str, client: Visitor, bought: Bought) -> None:
    token = client.get(asked).text.partition('name="csrf_token" value="')[2].partition('"')[0]
    wrong = (
        "/notices/x",
        "/notices/%00",
        f"{asked}x",
        f"/notices/{bought.token}",
        f"/orders/{other.token}/refills/{bought.subscription_id}/notice",
        f"/orders/{bought.token}/refills/{other.subscription_id}/notice",
        f"/orders/x/refills/{bought.subscription_id}/notice",
        f"/orders/{bought.token}/refills/{2**70}/notice",
    )
    with nothing_changed():
        for path in wrong:
            assert client.get(path).status_code == 404, path
            assert client.post(path, data={"csrf_token": token, "accepted": "1"}).status_code == 404, path


def test_a_form_without_its_token_keeps_nothing(asked: str, client: Visitor) -> None:
    with nothing_changed():
        assert client.post(asked, data={"accepted": "1"}).status_code == 400


def test_the_orders_page_and_the_account_say_so_until_it_is_confirmed(
    asked: str, client: Visitor, bought: Bought
) -> None:
    def said() -> list[bool]:
        return [LINE in section for section in sections(bought)]

    assert said() == [True, True]
    assert LINE in client.get(f"/orders/{bought.token}").text
    confirm(client, f"/orders/{bought.token}/refills/{bought.subscription_id}/notice")
    assert said() == [False, False]


def sections(bought: Bought) -> tuple[str, str]:
    """What refills add to the order's page and to the account."""
    with current_app.test_request_context():
        order = order_by_id(host.session(), bought.order_id)
        found = order_section(order, clock.now()), account_section(order.customer, clock.now())
    host.end_reads()
    return found


def test_a_plan_that_has_ended_is_not_reminded_on_any_page(asked: str, bought: Bought) -> None:
    assert bought.subscription_id is not None
    end(bought.subscription_id, actor="customer", now=clock.now())
    assert [LINE in section for section in sections(bought)] == [False, False]


def test_the_admin_counts_plans_that_were_asked_and_have_not_answered_for_more_than_two_weeks(
    asked: str, client: Visitor, driver: Driver, bought: Bought
) -> None:
    asked_on = clock.now()
    driver.travel(asked_on + days(14), work=False)
    long = "asked more than 14 days ago"

    def card(ahead: int) -> str:
        with current_app.test_request_context():
            found = today_card(asked_on + days(ahead))
        host.end_reads()
        return " ".join(found.split())

    assert [long in card(ahead) for ahead in (0, 13, 15)] == [False, False, True]
    assert "1 plan was asked" in card(15)
    confirm(client, asked)
    assert long not in card(15)
