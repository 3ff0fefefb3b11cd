"""A database bills one account at Stripe: with another one's key nothing is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from kits import clock, host
from shop.environment import standing
from shop.environment.standing import OtherEnvironment
from shop.environment.tables import Environment
from shop.payments.charge import charge_saved_card
from shop.payments.gateway.contract import OutcomeUnknown, Unavailable
from tests.journeys.driving import Driver
from tests.servers.ground import Ground
from tests.servers.sandbox import Sandbox
from tests.shop.environment.conftest import adopt, at_work, work

Read = Callable[[Any], list[Any]]


@pytest.fixture
def another_account(app: Flask, sandbox: Sandbox, ground: Ground, tmp_path: Path) -> Iterator[Callable[[], None]]:
    """From when it is called on the key is another account's."""
    with ExitStack() as stack:

        def changed() -> None:
            stack.enter_context(ground.sandbox.fresh(tmp_path / "another.db", None))
            app.config["SHOP_STRIPE_SECRET_KEY"] = "sk_test_another"

        yield changed


def test_nothing_is_done_with_another_accounts_key(
    driver: Driver, another_account: Callable[[], None], read: Read
) -> None:
    bought = driver.buy()
    driver.until_due(bought)
    at_work()
    ours = read(select(Environment.account))[0]
    another_account()
    standing.forget()
    with pytest.raises(OtherEnvironment, match="belongs to acct_") as refused:
        work()
    assert ours in str(refused.value)
    assert driver.refill(bought).state == "notified"
    assert standing.problem() == str(refused.value), "the pages tell it, too"


def test_the_new_account_can_be_adopted(
    app: Flask, driver: Driver, another_account: Callable[[], None], read: Read
) -> None:
    at_work()
    ours = read(select(Environment.account))
    another_account()
    said = adopt(app, "--yes")
    assert said.exit_code == 0, said.output
    assert read(select(Environment.account)) != ours
    work()
    assert standing.problem() is None


def test_a_difference_is_believed_only_when_stripe_says_it_again(driver: Driver, read: Read) -> None:
    at_work()
    standing._known().account = "acct_old (test mode)"  # what this process kept is out of date
    standing.forget()
    work()
    assert read(select(Environment.other_account)) == [None]


def test_a_key_in_live_mode_is_another_account(app: Flask, driver: Driver) -> None:
    at_work()
    name = standing.account()
    assert name is not None
    assert name.endswith("(test mode)")
    app.config["SHOP_STRIPE_SECRET_KEY"] = "sk_live_none"
    assert standing._mode() == "live"


def test_while_stripe_is_away_mails_leave_and_no_card_is_charged(driver: Driver, mail_folder: Path, read: Read) -> None:
    order = driver.order()
    driver.sandbox.fault("account.retrieve", "lose_request", times=99)
    work()
    assert read(select(Environment.account)) == [None]
    with pytest.raises((OutcomeUnknown, Unavailable)):
        charge_saved_card(order.order_id, "pm_1", now=clock.now())
    driver.sandbox.clear_faults()
    standing.forget()
    work()
    assert read(select(Environment.account)) != [None]


def test_without_keys_a_worker_marks_its_database_and_fills_in_the_account_later(app: Flask, read: Read) -> None:
    at_work()
    assert read(select(Environment.account)) == [None]


def test_a_key_that_may_not_tell_its_account_leaves_the_database_to_decide(
    app: Flask, driver: Driver, monkeypatch: pytest.MonkeyPatch, read: Read
) -> None:
    from shop.payments.gateway.account import gateway

    app.config["SHOP_STRIPE_SECRET_KEY"] = "rk_of_nobody"  # the sandbox refuses it as Stripe would
    assert gateway()
    at_work()
    assert read(select(Environment.account)) == [None]
    with host.unit() as session:
        session.get_one(Environment, 1).fingerprint = "elsewhere"
    standing.forget()
    with pytest.raises(OtherEnvironment):
        work()
