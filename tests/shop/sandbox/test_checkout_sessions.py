"""Checkout Sessions over the API: making, reading, expiring."""

from __future__ import annotations

import time
from typing import Any

import pytest
import stripe


def test_a_session_is_open_unpaid_and_has_no_intent_before_anyone_pays(sandbox: Any) -> None:
    session = sandbox.session(client_reference_id="R-1", metadata={"order": "R-1"}, locale="en-GB")
    assert (session.status, session.payment_status, session.payment_intent) == ("open", "unpaid", None)
    assert (session.amount_total, session.currency, session.client_reference_id) == (9000, "gbp", "R-1")
    assert session.url == f"{sandbox.url}/c/pay/{session.id}"
    assert session.id.startswith("cs_test_")
    assert session.metadata["order"] == "R-1"
    assert sandbox.stripe.v1.checkout.sessions.retrieve(session.id).url == session.url


def test_a_session_lives_a_day_unless_told(sandbox: Any) -> None:
    assert sandbox.session().expires_at == pytest.approx(time.time() + 86400, abs=5)
    assert sandbox.session(expires_at=int(time.time()) + 1801).expires_at == pytest.approx(time.time() + 1801, abs=5)


@pytest.mark.parametrize(("seconds", "words"), [(60, "at least 30 minutes"), (2 * 86400, "less than 24 hours")])
def test_a_session_ends_between_thirty_minutes_and_a_day_from_now(sandbox: Any, seconds: int, words: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=words) as refused:
        sandbox.session(expires_at=int(time.time()) + seconds)
    assert refused.value.param == "expires_at"


def test_the_lines_can_be_read(sandbox: Any) -> None:
    price = {"currency": "gbp", "unit_amount": 300, "product_data": {"name": "Serum"}}
    kit = {"currency": "gbp", "unit_amount": 4000, "product_data": {"name": "Kit"}}
    session = sandbox.session(line_items=[{"price_data": kit, "quantity": 1}, {"price_data": price, "quantity": 3}])
    lines = sandbox.stripe.v1.checkout.sessions.line_items.list(session.id, params={"limit": 1})
    assert (lines.data[0]["description"], lines.has_more) == ("Kit", True)
    rest = sandbox.stripe.v1.checkout.sessions.line_items.list(session.id, params={"starting_after": lines.data[0].id})
    assert [(line.quantity, line.amount_total) for line in rest.data] == [(3, 900)]
    expanded = sandbox.stripe.v1.checkout.sessions.retrieve(session.id, params={"expand": ["line_items"]})
    assert [line.price.unit_amount for line in expanded.line_items.data] == [4000, 300]


_KIT = {"currency": "gbp", "unit_amount": 4500, "product_data": {"name": "Kit"}}


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"mode": "subscription"}, "mode"),
        ({"mode": "gift"}, "mode"),
        ({"customer": "cus_nobody"}, "customer"),
        ({"success_url": "shop.test/paid"}, "success_url"),
        ({"ui_mode": "embedded_page"}, "ui_mode"),
        ({"customer_email": "a@b.c", "customer": "theirs"}, "customer"),
        ({"line_items": [{"price": "price_1", "quantity": 1}]}, "line_items[0][price]"),
        ({"line_items": [{"price_data": _KIT}]}, "line_items[0][quantity]"),
        ({"line_items": [{"quantity": 1}]}, "line_items[0]"),
        (
            {"line_items": [{"price_data": {"currency": "gbp"}, "quantity": 1}]},
            "line_items[0][price_data][product_data]",
        ),
        ({"line_items": [{"price_data": {**_KIT, "currency": "zzz"}, "quantity": 1}]}, "currency"),
        ({"line_items": [{"price_data": {**_KIT, "unit_amount": 5}, "quantity": 1}]}, "line_items"),
        (
            {"line_items": [{"price_data": {**_KIT, "unit_amount": -5}, "quantity": 1}]},
            "line_items[0][price_data][unit_amount]",
        ),
        ({"discounts": [{"coupon": "HALF"}]}, "discounts"),
        ({"automatic_tax": {"enabled": True}}, "automatic_tax"),
        ({"payment_intent_data": {"capture_method": "manual"}}, "capture_method"),
        ({"setup_intent_data": {"metadata": {"a": "b"}}}, "setup_intent_data"),
    ],
)
def test_what_cannot_be_sold_is_refused(sandbox: Any, wrong: dict[str, Any], param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sandbox.session(**wrong)
    assert (refused.value.http_status, refused.value.param) == (400, param)


def test_both_a_customer_and_an_email_are_refused(sandbox: Any) -> None:
    customer, _ = sandbox.card()
    with pytest.raises(stripe.InvalidRequestError, match="only specify one"):
        sandbox.session(customer=customer, customer_email="ann@example.com")


def test_all_lines_have_one_currency(sandbox: Any) -> None:
    lines = [{"price_data": {**_KIT, "currency": currency}, "quantity": 1} for currency in ("gbp", "eur")]
    with pytest.raises(stripe.InvalidRequestError, match="same currency"):
        sandbox.session(line_items=lines)


def test_an_open_session_can_be_expired_and_then_neither_again_nor_paid(sandbox: Any) -> None:
    session = sandbox.session()
    expired = sandbox.stripe.v1.checkout.sessions.expire(session.id)
    assert (expired.status, expired.url, expired.payment_status) == ("expired", None, "unpaid")
    with pytest.raises(stripe.InvalidRequestError, match="status of `expired`"):
        sandbox.stripe.v1.checkout.sessions.expire(session.id)
    page = sandbox.pay(session, card="4242424242424242")
    assert (page.status_code, "has expired" in page.text) == (410, True)


def test_a_paid_session_cannot_be_expired(sandbox: Any) -> None:
    session = sandbox.session()
    sandbox.pay(session, card="4242424242424242")
    with pytest.raises(stripe.InvalidRequestError, match="status of `complete`") as refused:
        sandbox.stripe.v1.checkout.sessions.expire(session.id)
    assert refused.value.http_status == 400


def test_expiring_cancels_the_intent_of_a_failed_try(sandbox: Any) -> None:
    session = sandbox.session()
    sandbox.pay(session, card="4000000000000002")
    sandbox.stripe.v1.checkout.sessions.expire(session.id)
    found = sandbox.stripe.v1.checkout.sessions.retrieve(session.id, params={"expand": ["payment_intent"]})
    assert found.payment_intent.status == "canceled"


def test_sessions_are_listed_by_customer_and_status(sandbox: Any) -> None:
    session = sandbox.session()
    other = sandbox.session(customer=session.customer)
    sandbox.stripe.v1.checkout.sessions.expire(other.id)
    listed = sandbox.stripe.v1.checkout.sessions.list(params={"customer": session.customer, "status": "open"})
    assert [each.id for each in listed.data] == [session.id]


def test_a_sessions_metadata_can_be_changed(sandbox: Any) -> None:
    session = sandbox.session(metadata={"order": "R-1"})
    sandbox.stripe.v1.checkout.sessions.update(session.id, params={"metadata": {"note": "x"}})
    assert sandbox.stripe.v1.checkout.sessions.retrieve(session.id).metadata.to_dict() == {"order": "R-1", "note": "x"}


def test_setup_mode_saves_a_card_and_takes_nothing(sandbox: Any) -> None:
    customer = sandbox.stripe.v1.customers.create().id
    params = {"mode": "setup", "customer": customer, "currency": "gbp", "success_url": "http://shop.test/saved"}
    session = sandbox.stripe.v1.checkout.sessions.create(params=params)
    assert sandbox.pay(session, card="4000000000000002").status_code == 402
    assert sandbox.pay(session, card="pm_card_authenticationRequiredOnSetup").status_code == 200
    assert sandbox.pay(session, authenticate="fail").status_code == 402
    sandbox.pay(session, card="pm_card_authenticationRequiredOnSetup")
    assert sandbox.pay(session, authenticate="complete").headers["Location"] == "http://shop.test/saved"
    found = sandbox.stripe.v1.checkout.sessions.retrieve(session.id, params={"expand": ["setup_intent"]})
    assert (found.status, found.payment_status, found.setup_intent.status) == (
        "complete",
        "no_payment_required",
        "succeeded",
    )
    charge = sandbox.intent(customer, found.setup_intent.payment_method, confirm=True, off_session=True)
    assert charge.status == "succeeded"
    assert len(sandbox.stripe.v1.charges.list(params={"customer": customer}).data) == 1


def test_setup_mode_takes_no_lines_and_needs_a_currency(sandbox: Any) -> None:
    params = {"mode": "setup", "success_url": "http://shop.test/saved"}
    with pytest.raises(stripe.InvalidRequestError) as no_currency:
        sandbox.stripe.v1.checkout.sessions.create(params=params)
    assert no_currency.value.param == "currency"
    with pytest.raises(stripe.InvalidRequestError, match="in `setup` mode"):
        sandbox.stripe.v1.checkout.sessions.create(
            params={**params, "currency": "gbp", "line_items": [{"quantity": 1}]}
        )
