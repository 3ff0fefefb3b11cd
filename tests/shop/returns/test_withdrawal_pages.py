"""The two steps on the order's own pages: choose, confirm, once; and what they are told who cannot."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from kits import clock
from shop.payments.tables import Refund
from shop.returns.desk import steps
from shop.returns.tables import Return, ReturnItem
from tests.journeys.driving import Bought, Driver
from tests.journeys.mistakes import nothing_changed
from tests.journeys.pages import Form, Page
from tests.servers.client import Visitor
from tests.shop.returns.conftest import SERUM, days, goods

Read = Callable[[Any], list[Any]]
LINK, CONFIRM = "Withdraw from contract here", "Confirm withdrawal"


def page(client: Visitor, path: str, **query: Any) -> Page:
    answer = client.get(path, query_string=query)
    return Page(answer.text, path, answer.status_code)


def seals(client: Visitor, order: Bought) -> list[str]:
    """The names of the fields that ask for a seal: the roller's, then the serum's."""
    return re.findall(r'name="(seal-[\d-]+)"', client.get(f"/orders/{order.token}/withdraw").text)


def step_two(client: Visitor, order: Bought, **chosen: str) -> Form:
    found = page(client, f"/orders/{order.token}/withdraw/confirm", **chosen)
    assert found.status == 200, found.words
    return found.form(CONFIRM)


def unbroken(client: Visitor, order: Bought) -> Form:
    return step_two(client, order, **dict.fromkeys(seals(client, order), "unbroken"))


def test_the_orders_page_leads_there_while_the_right_lasts(client: Visitor, driver: Driver, came: Bought) -> None:
    where = f"/orders/{came.token}"
    assert page(client, where).link(LINK) == f"{where}/withdraw"
    driver.travel(clock.today(clock.now()) + days(15), work=False)
    assert LINK not in page(client, where).words
    late = page(client, f"{where}/withdraw")
    assert (late.status, "could be withdrawn from until" in late.words) == (409, True)


def test_choosing_and_confirming_withdraws_and_shows_how_to_send_it_back(
    client: Visitor, came: Bought, read: Read
) -> None:
    first = page(client, f"/orders/{came.token}/withdraw")
    assert "without giving a reason" in first.words
    assert "once a seal is broken, the right to give that one back is over" in first.words
    form = unbroken(client, came)
    assert read(select(Return.id)) == [], "the first step does nothing"
    answer = client.post(form.action, data=form.filled(CONFIRM))
    assert (answer.status_code, answer.location) == (303, f"/orders/{came.token}/withdrawals/1")
    told = page(client, answer.location).words
    for words in ("You have withdrawn", "Send it back by", "You pay for sending it", came.number):
        assert words in told
    told = page(client, f"/orders/{came.token}").words
    assert "Withdrawal of" in told
    for gone in (LINK, "What happens next"):
        assert gone not in told, "all of it was given back"


def test_what_never_came_back_can_be_withdrawn_from_again(client: Visitor, came: Bought, coming: int) -> None:
    assert LINK not in page(client, f"/orders/{came.token}").words
    steps.close(coming, note="nothing came", actor="staff:1", now=clock.now())
    assert LINK in page(client, f"/orders/{came.token}").words


def test_the_second_step_says_what_follows(client: Visitor, came: Bought) -> None:
    roller, serum = seals(client, came)
    told = page(client, f"/orders/{came.token}/withdraw/confirm", **{roller: "unbroken", serum: "broken"}).words
    for words in (
        "A Buyer withdraws", "seal broken: it stays with you", "£40.00 was paid for it", "Your refills end now",
        "by mail to buyer1@example.org",
    ):  # fmt: skip
        assert words in told


def test_before_it_leaves_the_page_says_that_all_the_money_goes_back_at_once(
    client: Visitor, driver: Driver, bought: Bought
) -> None:
    form = page(client, f"/orders/{bought.token}/withdraw").form("Go on")
    two = page(client, form.action, **form.filled("Go on"))
    assert "£89.00 goes back the way you paid, at once" in two.words
    confirmed = two.form(CONFIRM)
    assert client.post(confirmed.action, data=confirmed.filled(CONFIRM)).status_code == 303
    driver.work()
    told = page(client, f"/orders/{bought.token}").words
    for words in ("Refunded", "£89.00 was sent to your card ending in 4242", "You withdrew from the contract"):
        assert words in told
    assert LINK not in told


def test_a_replayed_confirmation_withdraws_nothing_more(client: Visitor, came: Bought, read: Read) -> None:
    form = unbroken(client, came)
    sent = form.filled(CONFIRM)
    answers = [client.post(form.action, data=sent) for _ in range(3)]
    assert {(each.status_code, each.location) for each in answers} == {(303, f"/orders/{came.token}/withdrawals/1")}
    assert len(read(select(Return.id))) == 1


def test_two_clicks_at_once_withdraw_once(client: Visitor, came: Bought, read: Read, at_once: Any, app: Any) -> None:
    form = unbroken(client, came)
    sent = form.filled(CONFIRM)

    def click() -> int:
        other = Visitor(app, use_cookies=True)
        other._cookies = dict(client._cookies or {})
        return int(other.post(form.action, data=sent).status_code)

    assert at_once([click] * 4) == [303] * 4
    assert len(read(select(Return.id))) == 1


@pytest.mark.parametrize("value", ["", "maybe", "1", "A\x00B", "unbroken" * 100])
def test_a_seal_must_be_declared_for_each(client: Visitor, came: Bought, value: str) -> None:
    roller, serum = seals(client, came)
    with nothing_changed():
        answer = page(client, f"/orders/{came.token}/withdraw/confirm", **{roller: "unbroken", serum: value})
        assert (answer.status, "Serum, three months: say whether its seal is unbroken" in answer.words) == (422, True)
        assert answer.form("Go on").values[roller] == "unbroken", "what was chosen need not be chosen again"


@pytest.mark.parametrize("value", ["", "2", "-1", "0.5", "many", "9" * 30, "A\x00B"])
def test_a_number_that_was_not_offered_is_refused_at_its_field(client: Visitor, bought: Bought, value: str) -> None:
    form = page(client, f"/orders/{bought.token}/withdraw").form("Go on")
    name = next(name for name in form.values if name.startswith("waiting-"))
    with nothing_changed():
        answer = page(client, form.action, **{**form.values, name: value})
        assert (answer.status, ": choose how many you give back" in answer.words) == (422, True)


def test_nothing_chosen_is_refused_in_words(client: Visitor, came: Bought) -> None:
    with nothing_changed():
        chosen = dict.fromkeys(seals(client, came), "keep")
        answer = page(client, f"/orders/{came.token}/withdraw/confirm", **chosen)
        assert (answer.status, "Choose at least one thing" in answer.words) == (422, True)


def test_a_confirmation_that_was_changed_on_the_way_is_checked_again(client: Visitor, came: Bought, read: Read) -> None:
    form = unbroken(client, came)
    serum = seals(client, came)[1]
    sent = form.filled(CONFIRM)
    with nothing_changed():
        assert client.post(form.action, data={**sent, serum: "5"}).status_code == 422
        for mark in ("", "  ", "A\x00B"):
            answer = client.post(form.action, data={**sent, "submission": mark})
            assert (answer.status_code, answer.location) == (303, f"/orders/{came.token}/withdraw")
    assert client.post(form.action, data={**sent, "submission": "x" * 500}).status_code == 303


def test_another_orders_fields_choose_nothing_here(client: Visitor, driver: Driver, came: Bought, read: Read) -> None:
    other = driver.buy()
    line, item = goods(other)[SERUM].key
    mine = seals(client, came)
    chosen = {**dict.fromkeys(mine, "unbroken"), f"waiting-{line}-{item}": "1"}
    form = step_two(client, came, **chosen)
    client.post(form.action, data={**form.filled(CONFIRM), f"waiting-{line}-{item}": "1"})
    assert {each.line_id for each in read(select(ReturnItem))} == {int(mine[0].split("-")[1])}
    assert (read(select(Refund.id)), driver.state(other.order_id)) == ([], "paid")


def test_one_persons_link_opens_no_withdrawal_of_anothers(client: Visitor, driver: Driver, came: Bought) -> None:
    form = unbroken(client, came)
    client.post(form.action, data=form.filled(CONFIRM))
    other = driver.buy()
    with nothing_changed():
        for path in (f"/orders/{other.token}/withdrawals/1", "/orders/x/withdrawals/1", "/orders/x/withdraw"):
            assert client.get(path).status_code == 404
        assert client.get("/orders/x/withdraw/confirm").status_code == 404
        assert client.post("/orders/x/withdraw", data=form.filled(CONFIRM)).status_code == 404


def test_an_unpaid_order_offers_to_cancel_and_not_to_withdraw(client: Visitor, driver: Driver) -> None:
    order = driver.order()
    assert LINK not in page(client, f"/orders/{order.token}").words
    assert client.get(f"/orders/{order.token}/withdraw").status_code == 409
