"""The page of findings: what each means, a button that mends it, and what a wrong or a second press does."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from kits import host
from kits.audit import AuditEntry
from shop.admin.reconciliation import lists
from shop.payments.tables import Payment, Refund
from shop.reconciliation.kinds import KINDS
from shop.reconciliation.tables import Comparison, Finding
from tests.bench.statements import counted
from tests.journeys.driving import Driver
from tests.shop.admin.conftest import Staff, words
from tests.shop.payments.giving_back.test_money_back import refunded
from tests.shop.reconciliation.conftest import charge_by_hand, compare, falsify, found, later, mend, the_finding

Read = Callable[[Any], list[Any]]
PAGE = "/admin/reconciliation"


def a_finding(now: datetime, number: int = 1, **values: Any) -> int:
    """A finding that was found then; its id."""
    about = {"kind": "refund_missing", "amount": 500, "currency": "GBP", "order_number": "R-1", "ours": "succeeded"}
    with host.unit() as session:
        row = Finding(**about | {"about": f"refund-{number}", "found_at": now, "seen_in": 1, "theirs": "none"} | values)
        session.add(row)
        session.flush()
        return row.id


def shown(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'id="finding-(\d+)"', page)]


@pytest.fixture
def strange(driver: Driver, at_stripe: Any) -> int:
    """A charge that nobody knows was found: the finding's id."""
    charge_by_hand(at_stripe, 4200)
    later(driver)
    compare()
    return the_finding()


def press(staff: Staff, finding: int, act: str = "repair", **data: object) -> Any:
    return staff.post(f"{PAGE}/{finding}/{act}", page=PAGE, **data)


def test_every_kind_says_what_it_means_and_what_its_button_does(staff: Staff, now: datetime) -> None:
    for number, kind in enumerate(KINDS):
        a_finding(now, number, kind=kind, order_number=None if number % 2 else "R-1")
    page = words(staff.get(PAGE))
    for kind in KINDS.values():
        assert kind.title in page
        assert kind.button in page
    assert "{" not in page
    assert "None" not in page


def test_the_page_says_when_it_was_compared_last_and_where_to_find_it(staff: Staff, now: datetime) -> None:
    assert "Nothing has been compared yet" in words(staff.get(PAGE))
    about = {"actor": "command", "since": now - timedelta(days=3), "until": now, "begun_at": now, "charges": 1200}
    with host.unit() as session:
        session.add(Comparison(**about, ended_at=now))
    assert "Stripe and the shop agree." in words(staff.get(PAGE))
    assert "1,200 charges" in words(staff.get(PAGE))
    with host.unit() as session:
        session.add(Comparison(**about))
    assert "It was not finished" in words(staff.get(PAGE))
    assert f'href="{PAGE}"' in staff.get("/admin/watch").text
    assert PAGE not in staff.get("/admin/").text
    a_finding(now)
    assert f"{PAGE}?state=open" in staff.get("/admin/").text


def test_the_list_has_the_open_ones_first_page_by_page_in_as_many_statements(
    staff: Staff, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "A_PAGE", 2)
    ids = [a_finding(now, n, state="open" if n % 2 else "gone", ended_at=None if n % 2 else now) for n in range(7)]
    address, seen, statements = PAGE, list[int](), list[int]()
    while address:
        with counted(host.engine()) as said:
            page = staff.get(address).text
        statements.append(len(said))
        seen += shown(page)
        more = re.search(r'href="([^"]+before=\d+)"', page)
        address = more.group(1).replace("&amp;", "&") if more else ""
    assert [ids.index(each) for each in seen] == [5, 3, 1, 6, 4, 2, 0]
    assert len(set(statements[1:])) == 1
    assert shown(staff.get(f"{PAGE}?state=open&before={ids[3]}").text) == [ids[1]]


@pytest.mark.parametrize("query", ["state=x", "before=x", "before=-1", "before=99999999999999999999", "state=%00"])
def test_an_odd_address_shows_a_list_all_the_same(staff: Staff, now: datetime, query: str) -> None:
    a_finding(now)
    assert staff.get(f"{PAGE}?{query}").status_code == 200


def test_money_goes_back_only_when_it_was_looked_at(staff: Staff, driver: Driver, strange: int) -> None:
    for sure in ({}, {"sure": ""}, {"sure": "no"}, {"sure": "y" * 9000}):
        answer = press(staff, strange, **sure)
        assert answer.status_code == 422
        assert "Say that you looked at the charge" in answer.text
    assert refunded(driver) == [0]
    answer = press(staff, strange, sure="yes", state="open")
    assert (answer.status_code, answer.location) == (303, f"{PAGE}?state=open#finding-{strange}")
    assert refunded(driver) == [4200]


def test_pressed_again_it_does_nothing_and_says_so(staff: Staff, driver: Driver, strange: int, read: Read) -> None:
    press(staff, strange, sure="yes")
    for act, data in (("repair", {"sure": "yes"}), ("look-into", {"reason": "Late"})):
        answer = press(staff, strange, act, **data)
        assert answer.status_code == 409
        assert "repaired or put aside meanwhile" in answer.text
    assert refunded(driver) == [4200]
    assert read(select(Finding.reason)) == [""]
    actions = read(select(AuditEntry.action).where(AuditEntry.action.in_(("charge.refund", "finding.repaired"))))
    assert sorted(actions) == ["charge.refund", "finding.repaired"]


def test_pressed_by_many_at_once_the_money_goes_back_once(
    driver: Driver, strange: int, at_once: Callable[..., list[Any]], read: Read
) -> None:
    answers = at_once([lambda: mend(strange)] * 4)
    assert answers.count(None) == 1, answers
    assert refunded(driver) == [4200]
    assert len(read(select(AuditEntry.id).where(AuditEntry.action == "finding.repaired"))) == 1


def test_a_refund_recorded_by_many_at_once_is_written_once(
    driver: Driver, at_stripe: Any, at_once: Callable[..., list[Any]], read: Read
) -> None:
    driver.buy()
    at_stripe.refunds.create({"payment_intent": read(select(Payment.intent_id))[0], "amount": 500})
    later(driver)
    compare()
    finding = the_finding()
    at_once([lambda: mend(finding)] * 4)
    assert (read(select(Refund.amount)), found()) == ([500], [])


@pytest.mark.parametrize("reason", ["", "   ", "a" * 501, "one\nline", "\x00"])
def test_a_finding_is_put_aside_with_a_reason_of_one_line_only(
    staff: Staff, now: datetime, read: Read, reason: str
) -> None:
    finding = a_finding(now)
    answer = press(staff, finding, "look-into", reason=reason)
    assert answer.status_code == 422
    assert f'id="reason-{finding}-error"' in answer.text
    assert read(select(Finding.state)) == ["open"]
    good = press(staff, finding, "look-into", reason="  Our <other> shop’s ")
    assert good.status_code == 303
    page = staff.get(PAGE).text
    assert "Put aside: Our &lt;other&gt; shop’s" in page
    entries = read(select(AuditEntry).where(AuditEntry.action == "finding.looked_into"))
    assert [each.subject for each in entries] == [f"finding:{finding}"]
    assert "shop’s" not in str(entries[0].detail), "the log stays for ever, and a reason may name a person"


def test_there_is_no_finding_to_mend_and_nothing_without_the_forms_token(
    staff: Staff, strange: int, driver: Driver, read: Read
) -> None:
    for number in (999, 2**70, "x", "-1"):
        for act in ("repair", "look-into"):
            answer = staff.post(f"{PAGE}/{number}/{act}", page=PAGE, sure="yes", reason="r")
            assert answer.status_code == 404, (number, act)
    assert staff.client.post(f"{PAGE}/{strange}/repair", data={"sure": "yes"}).status_code >= 400
    assert (refunded(driver), read(select(Finding.state))) == ([0], ["open"])


def test_what_could_not_be_done_now_is_said_beside_it(staff: Staff, driver: Driver, strange: int, app: Any) -> None:
    app.config["SHOP_STRIPE_SECRET_KEY"] = ""
    answer = press(staff, strange, sure="yes")
    assert answer.status_code == 409
    assert "That did not work" in answer.text
    assert len(found()) == 1


def test_a_refund_that_fails_inside_stripe_is_asked_for_under_another_key(
    staff: Staff, driver: Driver, strange: int, read: Read
) -> None:
    driver.sandbox.fault("refunds.create", "http_500", times=1)
    assert press(staff, strange, sure="yes").status_code == 409
    assert read(select(Finding.requests)) == [1]
    assert press(staff, strange, sure="yes").status_code == 303
    assert refunded(driver) == [4200]


def test_no_other_customers_order_is_touched(staff: Staff, driver: Driver, at_stripe: Any, read: Read) -> None:
    driver.buy()
    falsify(Payment, amount=1)
    later(driver)
    compare()
    other = driver.buy()
    press(staff, the_finding())
    assert driver.state(other.order_id) == "paid"
    assert len(set(read(select(Payment.amount)))) == 1
