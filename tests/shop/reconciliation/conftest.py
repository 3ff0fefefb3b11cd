"""A shop that sold something, and ways to falsify one side of its books."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import stripe
from sqlalchemy import select, update

from kits import clock, host
from shop.payments.tables import Payment
from shop.reconciliation import running
from shop.reconciliation.mending import repairing
from shop.reconciliation.running import Outcome
from shop.reconciliation.tables import OPEN, Finding
from tests.journeys.conftest import buy, driver, travel  # noqa: F401
from tests.journeys.driving import Bought, Driver
from tests.servers.sandbox import Sandbox
from tests.shop.admin.conftest import staff  # noqa: F401
from tests.shop.payments.conftest import _hasty_sdk  # noqa: F401

Read = Callable[[Any], list[Any]]
STAFF = "staff:1"


@pytest.fixture
def bought(driver: Driver) -> Bought:  # noqa: F811
    """An order that is paid."""
    return driver.buy()


@pytest.fixture
def at_stripe(sandbox: Sandbox) -> Any:
    """Stripe's own package, as its dashboard or another program would use it."""
    return stripe.StripeClient(sandbox.key, base_addresses={"api": sandbox.url}).v1


def later(driver: Driver, **span: float) -> None:  # noqa: F811
    """Time passes and nothing is worked; an hour unless told."""
    driver.travel(clock.now() + (timedelta(**span) if span else timedelta(hours=1)), work=False)


def compare() -> Outcome:
    """One comparison, as the duty does it."""
    return running.compare(running.span(clock.now()), actor="duty:reconciliation", now=clock.now())


def found(state: str = OPEN) -> list[tuple[str, str]]:
    """The findings in this state: their kinds and what they are about."""
    rows = host.session().execute(select(Finding.kind, Finding.about).where(Finding.state == state)).all()
    host.end_reads()
    return sorted((row.kind, row.about) for row in rows)


def the_finding() -> int:
    """The id of the only open one."""
    ids = host.session().scalars(select(Finding.id).where(Finding.state == OPEN)).all()
    host.end_reads()
    [only] = ids
    return only


def mend(finding_id: int | None = None, *, sure: bool = True) -> None:
    """Press the button of the only open finding, or of this one."""
    repairing.repair(finding_id or the_finding(), actor=STAFF, now=clock.now(), sure=sure)


def charge_by_hand(at_stripe: Any, amount: int = 8900, **metadata: str) -> str:
    """Take money at Stripe without the shop; the charge's id."""
    about = {"amount": amount, "currency": "gbp", "payment_method": "pm_card_visa", "confirm": True}
    return str(
        at_stripe.payment_intents.create(
            {**about, "payment_method_types": ["card"], "metadata": metadata}
        ).latest_charge
    )


def intent(read: Read) -> str:
    """Of the first payment."""
    return str(read(select(Payment.intent_id))[0])


def falsify(table: Any, **values: Any) -> None:
    """Change all rows of a table of ours by hand."""
    with host.unit() as session:
        session.execute(update(table).values(**values))


def agreed() -> None:
    """Both sides say the same."""
    assert compare().still == 0


def findings_of(kind: str) -> list[int]:
    """The ids of all of a kind."""
    ids = list(host.session().scalars(select(Finding.id).where(Finding.kind == kind)))
    host.end_reads()
    return ids
