"""What cannot be is said beside its field, other people's pages stay shut, and nothing comes of either."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from subscriptions.tables import DeliveryAddress
from tests.journeys.driving import Bought, Driver
from tests.journeys.mistakes import HUGE, NUL, nothing_changed
from tests.servers.client import Visitor
from tests.subscriptions.controls.pages.conftest import Customer
from tests.subscriptions.recall.seeing import values

HOME = {
    "name": "B. Uyer",
    "line1": "9 Hill Street",
    "line2": "",
    "city": "Leeds",
    "postcode": "ls11ba",
    "country": "GB",
}

JUNK = ("", "x", "1.5", NUL, str(HUGE), "9" * 5000, "-1")
MISTAKES: list[tuple[str, dict[str, str], str]] = [
    *(("sessions", {"sessions": junk, "every_weeks": "4"}, "sessions") for junk in (*JUNK, "5", "11")),
    *(("sessions", {"sessions": "8", "every_weeks": junk}, "every_weeks") for junk in (*JUNK, "1", "5")),
    *(("quantity", {"quantity": junk}, "quantity") for junk in (*JUNK, "0", "11")),
    *(("pause", {"until": junk}, "until") for junk in (*JUNK, "2020-01-01", "9999-12-31", "2027-02-30", "0001-01-01")),
    *(("move", {"refill": "1", "weeks": junk}, "weeks-1") for junk in (*JUNK, "13")),
    *((wish, {"refill": junk, "weeks": "1"}, "refill") for wish in ("move", "skip", "send") for junk in JUNK[:-1]),
    *((wish, {}, field) for wish, field in (("sessions", "sessions"), ("quantity", "quantity"), ("pause", "until"))),
]


@pytest.mark.parametrize("wish", sorted({wish for wish, _, _ in MISTAKES}))
def test_what_cannot_be_is_said_beside_its_field_on_both_ways_and_changes_nothing(
    wish: str, customer: Customer
) -> None:
    with nothing_changed():
        for _, typed, field in (each for each in MISTAKES if each[0] == wish):
            shown = customer.client.get(f"{customer.at}/change/{wish}", query_string=typed)
            for answer in (shown, customer.send(f"/change/{wish}", **typed)):
                assert answer.status_code == 422, (typed, answer.status_code)
                assert f'href="#{field}"' in answer.text, typed


@pytest.mark.parametrize("wish", ["move", "skip", "send"])
@pytest.mark.parametrize("number", ["0", "-1", "3", "999999"])
def test_a_refill_that_the_plan_has_not_is_not_found(wish: str, number: str, customer: Customer) -> None:
    typed = {"refill": number, "weeks": "1"}
    with nothing_changed():
        assert customer.page(f"/change/{wish}", **typed).status == 404
        assert customer.send(f"/change/{wish}", **typed).status_code == 404


def test_other_peoples_links_and_other_wishes_open_nothing(
    driver: Driver, client: Visitor, bought: Bought, customer: Customer
) -> None:
    other = driver.buy()
    paths = ("change", "change/pause?until=2027-01-01", "sessions", "sessions/1", "address")
    wrong = [
        f"/orders/{token}/refills/{plan}/{path}"
        for token, plan in ((other.token, bought.subscription_id), ("x", bought.subscription_id), (bought.token, 2**70))
        for path in paths
    ]
    wrong.extend(f"{customer.at}/change/{wish}" for wish in ("nothing", "%00", "end", "x" * 900))
    with nothing_changed():
        for path in wrong:
            assert client.get(path).status_code == 404, path
            for said in ({"said": "today"}, {"until": "2027-01-01"}, HOME):
                assert client.post(path, data={"csrf_token": customer.token, **said}).status_code in (404, 405), path


@pytest.mark.parametrize("path", ["/change/pause", "/sessions/1", "/address"])
def test_a_form_without_its_token_changes_nothing(path: str, customer: Customer) -> None:
    with nothing_changed():
        typed: dict[str, Any] = {"said": "today", "until": "2027-01-20", **HOME}
        assert customer.client.post(f"{customer.at}{path}", data=typed).status_code == 400


def test_the_address_is_filled_in_and_changed_with_the_price_beside_it(customer: Customer) -> None:
    page = customer.page("/address")
    sent = page.form("Send them there").filled("Send them there", **HOME)
    assert "at the same price: £49.00 each, £98.00 still to come" in page.words
    answer = customer.client.post(f"{customer.at}/address", data=sent)
    assert answer.status_code == 303
    assert "9 Hill Street" in customer.client.get(answer.location).text
    assert values(select(DeliveryAddress.postcode)) == ["LS1 1BA"]
    assert customer.page("/address").form("Send them there").values["line1"] == "9 Hill Street"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        *((field, typed) for field in ("name", "line1", "city") for typed in ("", " ", NUL, "x" * 201)),
        *(("postcode", typed) for typed in ("", "nowhere", "x" * 13, NUL)),
        *(("line2", typed) for typed in ("x" * 201, NUL)),
        *(("country", typed) for typed in ("", "XX", "gb", "x" * 3000, NUL)),
    ],
)
def test_an_address_that_cannot_be_taken_is_said_beside_its_field(field: str, typed: str, customer: Customer) -> None:
    with nothing_changed():
        answer = customer.send("/address", **{**HOME, field: typed})
    assert (answer.status_code, f'id="{field}-error"' in answer.text) == (422, True)
