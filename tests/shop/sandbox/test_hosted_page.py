"""The page at a session's `url`, as a browser sees it."""

from __future__ import annotations

import re
from typing import Any

import pytest
import requests
import stripe


def _charges(sandbox: Any, session: Any) -> list[Any]:
    """The charges of a session's intent, oldest first."""
    found = sandbox.stripe.v1.checkout.sessions.retrieve(session.id)
    listed = sandbox.stripe.v1.charges.list(params={"payment_intent": found.payment_intent})
    return list(reversed(listed.data))


def test_the_page_shows_the_lines_the_total_and_that_no_money_is_real(sandbox: Any) -> None:
    page = requests.get(sandbox.session().url, timeout=10)
    assert page.status_code == 200
    for shown in ("Treatment kit", "£90.00", "Sandbox, no real money", "4242424242424242", "http://shop.test/basket"):
        assert shown in page.text


def test_the_page_loads_nothing_from_elsewhere_and_runs_no_script(sandbox: Any) -> None:
    page = requests.get(sandbox.session().url, timeout=10)
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "form-action 'self' http://shop.test" in policy
    assert "<script" not in page.text
    assert " style=" not in page.text
    [sheet] = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page.text)
    assert sheet.startswith("/")
    assert requests.get(sandbox.url + sheet, timeout=10).headers["Content-Type"].startswith("text/css")


def test_names_on_the_page_are_escaped(sandbox: Any) -> None:
    price = {"currency": "gbp", "unit_amount": 4500, "product_data": {"name": "<b>Kit</b>"}}
    page = requests.get(sandbox.session(line_items=[{"price_data": price, "quantity": 1}]).url, timeout=10)
    assert "<b>Kit</b>" not in page.text
    assert "&lt;b&gt;Kit" in page.text


def test_paying_goes_to_the_success_page_and_completes_the_session(sandbox: Any) -> None:
    session = sandbox.session()
    answer = sandbox.pay(session, card="4242 4242 4242 4242")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"http://shop.test/paid?session={session.id}"
    paid = sandbox.stripe.v1.checkout.sessions.retrieve(session.id, params={"expand": ["payment_intent.latest_charge"]})
    intent = paid.payment_intent
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert (intent.status, intent.amount_received, intent.metadata["order"]) == ("succeeded", 9000, "R-1")
    assert (intent.latest_charge.paid, intent.latest_charge.metadata["order"]) == (True, "R-1")
    assert paid.customer_details.email == "ann@example.com"


def test_the_card_is_kept_only_when_asked_for(sandbox: Any) -> None:
    kept = sandbox.session()
    sandbox.pay(kept, card="4242424242424242")
    [method] = sandbox.stripe.v1.customers.payment_methods.list(kept.customer).data
    assert method.customer == kept.customer
    once = sandbox.session(payment_intent_data={"metadata": {"order": "R-2"}})
    sandbox.pay(once, card="4242424242424242")
    assert sandbox.stripe.v1.customers.payment_methods.list(once.customer).data == []
    [charge] = _charges(sandbox, once)
    with pytest.raises(stripe.InvalidRequestError, match="previously used"):
        sandbox.intent(once.customer, charge.payment_method, confirm=True, off_session=True)


def test_a_guest_whose_card_is_kept_becomes_a_customer(sandbox: Any) -> None:
    session = sandbox.session(customer_email="guest@example.com")
    sandbox.pay(session, card="4242424242424242")
    paid = sandbox.stripe.v1.checkout.sessions.retrieve(session.id, params={"expand": ["customer"]})
    assert paid.customer.email == "guest@example.com"


def test_a_decline_says_so_and_another_card_may_be_tried(sandbox: Any) -> None:
    session = sandbox.session()
    declined = sandbox.pay(session, card="4000000000009995")
    assert (declined.status_code, "insufficient funds" in declined.text) == (402, True)
    assert sandbox.stripe.v1.checkout.sessions.retrieve(session.id).status == "open"
    assert sandbox.pay(session, card="4000000000000002").status_code == 402
    assert sandbox.pay(session, card="4242424242424242").status_code == 303
    statuses = [(charge.status, charge.paid) for charge in _charges(sandbox, session)]
    assert statuses == [("failed", False), ("failed", False), ("succeeded", True)]


def test_a_number_that_is_no_cards_is_refused_and_leaves_nothing(sandbox: Any) -> None:
    session = sandbox.session()
    wrong = sandbox.pay(session, card="1234")
    assert (wrong.status_code, "card number is incorrect" in wrong.text) == (402, True)
    assert sandbox.stripe.v1.checkout.sessions.retrieve(session.id).payment_intent is None


def test_authentication_that_fails_leaves_the_session_open_and_charges_nothing(sandbox: Any) -> None:
    session = sandbox.session()
    assert sandbox.pay(session, card="4000002500003155").status_code == 200
    assert "Complete authentication" in requests.get(session.url, timeout=10).text
    failed = sandbox.pay(session, authenticate="fail")
    assert (failed.status_code, "unable to authenticate" in failed.text) == (402, True)
    assert _charges(sandbox, session) == []
    assert sandbox.pay(session, authenticate="complete").status_code == 409
    assert sandbox.pay(session, card="4000002500003155").status_code == 200
    assert sandbox.pay(session, authenticate="complete").status_code == 303
    [charge] = _charges(sandbox, session)
    assert charge.payment_method_details.card.three_d_secure.result == "authenticated"


def test_a_completed_session_never_charges_again(sandbox: Any) -> None:
    session = sandbox.session()
    sandbox.pay(session, card="4242424242424242")
    again = sandbox.pay(session, card="4242424242424242")
    assert (again.status_code, "not be charged again" in again.text) == (410, True)
    assert requests.get(session.url, timeout=10).status_code == 410
    assert len(_charges(sandbox, session)) == 1


def test_two_posts_at_once_pay_once(sandbox: Any, together: Any) -> None:
    for _ in range(5):
        session = sandbox.session()
        answers = together(*[lambda session=session: sandbox.pay(session, card="4242424242424242")] * 4)
        assert sorted(answer.status_code for answer in answers) == [303, 410, 410, 410]
        assert len(_charges(sandbox, session)) == 1


def test_paying_and_expiring_at_once_leaves_one_outcome(sandbox: Any, together: Any) -> None:
    for _ in range(5):
        session = sandbox.session()
        paid, expired = together(
            lambda session=session: sandbox.pay(session, card="4242424242424242"),
            lambda session=session: sandbox.stripe.v1.checkout.sessions.expire(session.id),
        )
        status = sandbox.stripe.v1.checkout.sessions.retrieve(session.id).status
        assert (paid.status_code == 303) == (status == "complete")
        assert isinstance(expired, stripe.InvalidRequestError) == (status == "complete")


def test_an_unknown_page_is_404(sandbox: Any) -> None:
    assert requests.get(f"{sandbox.url}/c/pay/cs_test_nothing", timeout=10).status_code == 404


def test_the_intent_of_a_session_is_left_to_the_session(sandbox: Any) -> None:
    session = sandbox.session()
    sandbox.pay(session, card="4000000000000002")
    intent = sandbox.stripe.v1.checkout.sessions.retrieve(session.id).payment_intent
    with pytest.raises(stripe.InvalidRequestError, match="Expire the Checkout Session"):
        sandbox.stripe.v1.payment_intents.cancel(intent)
