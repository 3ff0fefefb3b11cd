"""The page behind “something has changed”: it shows on GET, holds once on POST, and leads back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kits import clock, host
from subscriptions.commands import end
from subscriptions.tables import Hold
from tests.journeys.driving import Bought, Driver, days
from tests.journeys.mistakes import nothing_changed
from tests.servers.client import Visitor
from tests.shop.admin.conftest import words
from tests.shop.storefront.conftest import all_hidden

Subjects = Callable[[], list[str]]


@pytest.fixture
def page(bought: Bought) -> str:
    """The path of the plan's page."""
    return f"/orders/{bought.token}/refills/{bought.subscription_id}/hold"


def press(client: Visitor, page: str) -> int:
    """Press the button as the page shows it."""
    return client.post(page, data=all_hidden(client.get(page))).status_code


def holds() -> int:
    found = host.session().query(Hold).count()
    host.end_reads()
    return found


def test_looking_holds_nothing(page: str, client: Visitor) -> None:
    with nothing_changed():
        assert "we ask no reason and keep none" in words(client.get(page))


def test_the_button_stops_sessions_refills_and_charges(
    page: str, client: Visitor, driver: Driver, bought: Bought, subjects: Subjects
) -> None:
    due = driver.until_due(bought)
    assert press(client, page) == 303
    said = words(client.get(page))
    assert ("Your plan is on hold" in said, "Read the notice and go on" in said) == (True, True)
    driver.travel(due.charge_on + days(30))
    assert (driver.charges()[bought.number, "1"], subjects().count("Your plan is on hold")) == (0, 1)


def test_pressed_twice_it_holds_once(page: str, client: Visitor, driver: Driver, subjects: Subjects) -> None:
    form = all_hidden(client.get(page))
    assert [client.post(page, data=form).status_code for _ in range(2)] == [303, 303]
    driver.work()
    assert (holds(), subjects().count("Your plan is on hold")) == (1, 1)


def test_what_else_is_sent_along_is_kept_nowhere(page: str, client: Visitor, driver: Driver) -> None:
    client.post(page, data={**all_hidden(client.get(page)), "reason": "a secret", "why": "x" * 10_000})
    with host.unit() as session:
        [held] = session.query(Hold).all()
        assert (held.cause, held.from_day) == ("customer", clock.today(clock.now()))
    assert not {"reason", "note", "text"} & set(Hold.__table__.columns.keys())


def test_refills_that_have_ended_are_not_held(page: str, client: Visitor, bought: Bought) -> None:
    form = all_hidden(client.get(page))
    end(bought.subscription_id or 0, actor="customer", now=clock.now())
    with nothing_changed():
        assert client.post(page, data=form).status_code == 409
        assert "Your refills have ended" in words(client.get(page))


def test_nobody_holds_anothers_plan(page: str, client: Visitor, driver: Driver, bought: Bought) -> None:
    other, form = driver.buy(), all_hidden(client.get(page))
    wrong = (
        f"/orders/{other.token}/refills/{bought.subscription_id}/hold",
        f"/orders/{bought.token}/refills/{other.subscription_id}/hold",
        f"/orders/x/refills/{bought.subscription_id}/hold",
        f"/orders/{bought.token}/refills/{2**70}/hold",
    )
    with nothing_changed():
        for path in wrong:
            assert (client.get(path).status_code, client.post(path, data=form).status_code) == (404, 404), path


def test_a_form_without_its_token_holds_nothing(page: str, client: Visitor) -> None:
    with nothing_changed():
        assert client.post(page, data={}).status_code == 400


def test_the_orders_page_leads_to_the_hold_and_back(client: Visitor, page: str, bought: Bought) -> None:
    order, notice = f"/orders/{bought.token}", page.replace("/hold", "/notice")
    assert (page in client.get(order).text, notice in client.get(order).text) == (True, False)
    press(client, page)
    assert (page in client.get(order).text, notice in client.get(order).text) == (False, True)
