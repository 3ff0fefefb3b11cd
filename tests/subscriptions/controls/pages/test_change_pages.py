"""Each of a customer's controls shows the new plan and its cost, then acts once, and says how to take it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import update

from kits import clock, host
from kits.dates import written
from subscriptions import commands
from subscriptions.tables import Refill
from tests.journeys.driving import Bought, Driver, days
from tests.journeys.mistakes import nothing_changed
from tests.journeys.pages import Page
from tests.subscriptions.controls.conftest import Ask
from tests.subscriptions.controls.pages.conftest import Customer

Needs = Callable[[], list[tuple[date, str]]]
WISHES: list[tuple[str, dict[str, object]]] = [
    ("sessions", {"sessions": 8, "every_weeks": 3}),
    ("quantity", {"quantity": 2}),
    ("pause", {"until": "in 30 days"}),
    ("move", {"refill": 1, "weeks": 4}),
    ("skip", {"refill": 2}),
]


def meant(typed: dict[str, object], today: date) -> dict[str, object]:
    """The same with its day."""
    return {key: (today + days(30)).isoformat() if value == "in 30 days" else value for key, value in typed.items()}


@pytest.mark.parametrize(("wish", "typed"), WISHES)
def test_a_wish_shows_the_plan_it_would_make_and_changes_nothing_until_it_is_confirmed(
    wish: str, typed: dict[str, object], customer: Customer, asked: Ask, today: date
) -> None:
    with nothing_changed():
        page = customer.page(f"/change/{wish}", **meant(typed, today))
    assert (page.status, "Nothing has changed yet." in page.words) == (200, True)
    form = page.form("Change my plan")
    answer = customer.client.post(f"{customer.at}/change/{wish}", data=form.filled("Change my plan"))
    assert answer.status_code == 303
    after = asked()
    said = [f"needed {written(it.needed_on)}, charged about {written(it.charge_on)}" for it in after.to_come]
    for part in (*said, f"Last session {written(after.last_session)}".split("session ")[1], f"{after.total}"):
        assert part in page.words


@pytest.mark.parametrize(("wish", "typed"), WISHES)
def test_what_was_changed_is_said_with_its_way_back_which_leaves_the_plan_as_it_was(
    wish: str, typed: dict[str, object], customer: Customer, asked: Ask, needs: Needs, today: date
) -> None:
    before, total = needs(), asked().total
    page = customer.change(wish, **meant(typed, today))
    changed = (needs(), asked().total)
    assert changed != (before, total)
    button = "Change it back" if wish in ("sessions", "quantity") else "Undo"
    form = page.form(button)
    sent = form.filled(button)
    if form.method == "get":
        shown = Page(customer.client.get(form.action, query_string=sent).text, form.action)
        sent = shown.form("Change my plan").filled("Change my plan")
    assert customer.client.post(form.action, data=sent).status_code == 303
    assert (needs(), asked().total) == (before, total)


@pytest.mark.parametrize(("wish", "typed"), WISHES)
def test_the_same_again_changes_nothing_more(
    wish: str, typed: dict[str, object], customer: Customer, today: date
) -> None:
    customer.change(wish, **meant(typed, today))
    with nothing_changed():
        assert customer.send(f"/change/{wish}", **meant(typed, today)).status_code == 303


def test_a_refill_that_was_left_out_is_offered_to_be_sent_after_all(customer: Customer, needs: Needs) -> None:
    before = needs()
    customer.change("skip", refill=2)
    assert needs()[1][1] == "cancelled"
    link = customer.page("/change").link("Send refill 2 after all")
    shown = Page(customer.client.get(link).text)
    assert "not sent, not charged" in shown.words
    customer.change("send", refill=2)
    assert needs() == before


def test_a_pause_is_said_on_the_plans_page_and_ends_with_one_wish(
    customer: Customer, needs: Needs, driver: Driver, today: date
) -> None:
    before = needs()
    customer.change("pause", until=(today + days(40)).isoformat())
    driver.travel(today + days(10), work=False)
    page = customer.page("/change")
    assert f"Your plan rests until {written(today + days(40))}." in page.words
    assert "rf-pause" in page.html
    preview = Page(customer.client.get(page.link("Go on today instead")).text)
    assert written(before[0][0] + days(10)) in preview.words
    assert "Your plan goes on." in customer.change("resume").words
    assert needs()[0][0] == before[0][0] + days(10)


def test_a_running_pause_may_be_made_shorter_and_the_page_shows_it_so(
    customer: Customer, needs: Needs, today: date
) -> None:
    before = needs()
    customer.change("pause", until=(today + days(40)).isoformat())
    page = customer.page("/change/pause", until=(today + days(7)).isoformat())
    assert written(before[0][0] + days(7)) in page.words
    customer.change("pause", until=(today + days(7)).isoformat())
    assert needs()[0][0] == before[0][0] + days(7)


def test_a_pause_that_was_prolonged_is_changed_back_to_its_earlier_end_and_a_new_one_is_ended(
    customer: Customer, needs: Needs, today: date
) -> None:
    before = needs()
    first = customer.change("pause", until=(today + days(40)).isoformat())
    assert first.forms[0].action.endswith("/change/resume")
    page = customer.change("pause", until=(today + days(60)).isoformat())
    assert (today + days(40)).isoformat() in page.form("Change it back").values.values()
    assert needs()[0][0] == before[0][0] + days(60)
    back = customer.page("/change/pause", until=(today + days(40)).isoformat())
    assert written(before[0][0] + days(40)) in back.words


def test_a_plan_that_stands_so_already_is_said_so_without_a_button(customer: Customer) -> None:
    page = customer.page("/change/sessions", sessions=10, every_weeks=4)
    assert "Your plan stands like this already" in page.words
    assert "Change my plan" not in page.words


def test_while_a_payment_is_being_made_nothing_is_changed_and_the_page_says_so(
    customer: Customer, plan_id: int
) -> None:
    with host.unit() as session:
        session.execute(update(Refill).where(Refill.number == 1).values(state="charging"))
    for answer in (
        customer.client.get(f"{customer.at}/change/quantity?quantity=2"),
        customer.send("/change/quantity", quantity=2),
    ):
        assert (answer.status_code, "try again in a few minutes" in answer.text) == (409, True)


def test_a_plan_that_has_ended_shows_no_controls_and_takes_no_change(customer: Customer, plan_id: int) -> None:
    commands.end(plan_id, actor="customer", now=clock.now())
    assert "nothing to change" in customer.page("/change").words
    with nothing_changed():
        for wish, typed in (("quantity", {"quantity": 2}), ("skip", {"refill": 1}), ("resume", {})):
            assert customer.page(f"/change/{wish}", **typed).status == 409
            assert customer.send(f"/change/{wish}", **typed).status_code == 409
        assert customer.page("/address").status == 409


def test_when_the_gateway_does_not_answer_the_customer_is_asked_to_try_again(
    customer: Customer, driver: Driver, bought: Bought, app: Flask
) -> None:
    driver.card_behaves(bought, "pm_card_authenticationRequired")
    driver.until_due(bought)
    driver.work()
    assert driver.refill(bought).state == "needs_customer"
    shown = customer.page("/change/move", refill=1, weeks=2)
    assert (shown.status, "charged about" in shown.words) == (200, True)
    app.config["SHOP_STRIPE_API_BASE"] = "http://127.0.0.1:9"
    answer = customer.send("/change/move", refill=1, weeks=2)
    assert (answer.status_code, "try again in a minute" in answer.text) == (503, True)


def test_the_mail_about_a_change_leads_to_the_plan(
    customer: Customer, driver: Driver, subjects: Callable[[], list[str]]
) -> None:
    customer.change("move", refill=1, weeks=4)
    driver.work()
    assert subjects()[-1] == "Your plan has changed"


def test_a_number_that_was_left_out_is_not_given_to_the_next_refill(customer: Customer) -> None:
    page = customer.change("skip", refill=1)
    assert 'class="rf-box-name" x="14" y="80">Refill 2<' in page.html
    assert 'y="80">Refill 1<' not in page.html
