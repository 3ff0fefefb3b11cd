"""What the admin counts: plans by the version they confirmed, and plans that a new version would ask."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from kits import clock, host
from kits.catalogue.tables import ContraindicationNotice, Kit
from subscriptions.acknowledging import counting
from subscriptions.commands import end
from tests.journeys.driving import Bought, Driver, days
from tests.servers.client import Visitor
from tests.shop.admin.conftest import Staff, staff, words  # noqa: F401
from tests.subscriptions.acknowledging.conftest import confirm, link_in


def by_version() -> dict[str, int]:
    """How many running plans confirmed each version."""
    session = host.session()
    numbers = {row.id: row.version for row in session.scalars(select(ContraindicationNotice))}
    found = {numbers[notice_id]: count for notice_id, count in counting.plans_by_notice(session).items()}
    host.end_reads()
    return found


def to_ask(ahead: int) -> int:
    """How many running plans a version that begins so many days from now would ask."""
    now = clock.now()
    kit_id = host.session().scalars(select(Kit.id)).one()
    found = counting.plans_to_ask(host.session(), kit_id, clock.today(now) + days(ahead), now)
    host.end_reads()
    return found


def test_a_plan_counts_for_the_version_of_its_order_and_for_those_confirmed_since(
    driver: Driver,
    bought: Bought,
    client: Visitor,
    new_notice: Callable[..., str],
    advance_notices: Callable[[], list[str]],
) -> None:
    other = driver.buy()
    driver.buy(refills=False)
    assert by_version() == {"1": 2}
    new_notice()
    driver.travel(driver.refill(bought).notice_on)
    assert by_version() == {"1": 2}, "asking is not confirming"
    confirm(client, link_in(advance_notices()[0]))
    assert by_version() == {"1": 2, "2": 1}
    for plan in (bought, other):
        assert plan.subscription_id is not None
        end(plan.subscription_id, actor="customer", now=clock.now())
    assert by_version() == {}


def test_only_plans_with_an_advance_notice_to_come_by_then_are_asked(driver: Driver, bought: Bought) -> None:
    driver.buy(sessions=6, every_weeks=4)  # one refill
    first, last = driver.refill(bought, 1), driver.refill(bought, 2)
    today = clock.today(clock.now())
    asked = {ahead: to_ask(ahead) for ahead in (0, (first.notice_on - today).days, (last.notice_on - today).days)}
    assert list(asked.values()) == [2, 2, 1]
    assert to_ask((last.notice_on - today).days + 1) == 0


def test_a_notice_that_is_late_by_today_counts_for_a_version_of_today(driver: Driver, bought: Bought) -> None:
    driver.travel(driver.refill(bought, 2).notice_on + days(3), work=False)
    assert (to_ask(0), to_ask(1)) == (1, 0)


def test_whoever_publishes_is_told_how_many_plans_will_be_asked(
    bought: Bought,
    staff: Staff,  # noqa: F811
) -> None:
    new = "/admin/notices/mesotherapy-kit/new"
    form = {"text": "Two.", "effective_from": clock.today(clock.now()).isoformat(), "newest": "1", "submission": "m"}
    said = words(staff.post(new, page=new, step="confirm", **form))
    assert "1 running plan is asked to read and confirm it with its next advance notice." in said
