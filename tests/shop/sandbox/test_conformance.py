"""Every kind of answer, held to the response schema of Stripe's own OpenAPI description."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
import requests
import stripe

from shop.sandbox.wire.derive import UNDESCRIBED
from shop.sandbox.wire.operations import OPERATIONS
from tests.shop.sandbox.contract import FILE, Checking, Contract

pytestmark = pytest.mark.skipif(
    not FILE.exists(), reason=f"NOT CHECKED against Stripe's description: there is no {FILE}"
)


@pytest.fixture
def contract() -> Contract:
    return Contract()


@pytest.fixture
def checked(own: Any, contract: Contract) -> Any:
    """A sandbox whose client holds every answer to the contract."""
    own.stripe = stripe.StripeClient(
        "sk_test_x", base_addresses={"api": own.url}, max_network_retries=0, http_client=Checking(contract)
    )
    return own


def _people(sandbox: Any) -> tuple[str, str]:
    v1 = sandbox.stripe.v1
    v1.accounts.retrieve_current()
    shipping = {"name": "Ann", "address": {"line1": "1 High Street", "country": "GB"}}
    given = {"number": "4242424242424242", "exp_month": 4, "exp_year": 2031}
    made = v1.payment_methods.create(params={"type": "card", "card": given})
    customer = v1.customers.create(params={"email": "a@b.c", "shipping": shipping, "payment_method": made.id})
    v1.payment_methods.update(made.id, params={"metadata": {"a": "1"}})
    v1.customers.update(customer.id, params={"invoice_settings": {"default_payment_method": made.id}})
    v1.customers.retrieve(customer.id, params={"expand": ["invoice_settings.default_payment_method"]})
    v1.customers.list()
    v1.customers.payment_methods.list(customer.id)
    v1.payment_methods.list(params={"customer": customer.id, "expand": ["data.customer"]})
    v1.payment_methods.retrieve(made.id)
    spare = v1.payment_methods.attach("pm_card_amex", params={"customer": customer.id})
    v1.payment_methods.detach(spare.id)
    gone = v1.customers.create()
    v1.customers.delete(gone.id)
    v1.customers.retrieve(gone.id)
    return customer.id, made.id


def _checkout(sandbox: Any, customer: str) -> None:
    sessions = sandbox.stripe.v1.checkout.sessions
    session = sandbox.session(customer=customer)
    for form in ({"card": "4000000000000002"}, {"card": "4000002500003155"}, {"authenticate": "complete"}):
        sandbox.pay(session, **form)
    paths = ["line_items", "customer", "payment_intent.latest_charge", "payment_intent.payment_method"]
    sessions.retrieve(session.id, params={"expand": paths})
    sessions.line_items.list(session.id)
    guest = sandbox.session(customer_email="guest@example.com")
    sessions.update(guest.id, params={"metadata": {"a": "1"}})
    sessions.expire(guest.id)
    saving = {"mode": "setup", "customer": customer, "currency": "gbp", "success_url": "http://shop.test/saved"}
    setup = sessions.create(params=saving)
    sandbox.pay(setup, card="4242424242424242")
    sessions.retrieve(setup.id, params={"expand": ["setup_intent"]})
    sessions.list()


def _payments(sandbox: Any, customer: str, method: str) -> None:
    intents = sandbox.stripe.v1.payment_intents
    intents.create(params={"amount": 500, "currency": "gbp"})
    waiting = sandbox.intent(customer, method, description="Refill", expand=["customer"])
    intents.update(waiting.id, params={"amount": 700})
    intents.confirm(waiting.id, params={"off_session": True, "expand": ["latest_charge"]})
    intents.cancel(sandbox.intent(customer, method).id, params={"cancellation_reason": "abandoned"})
    for name in ("pm_card_authenticationRequired", "pm_card_chargeDeclinedExpiredCard", "pm_card_radarBlock"):
        sandbox.control("POST", f"cards/{method}", {"behaves_like": name})
        with pytest.raises(stripe.CardError):
            sandbox.intent(customer, method, confirm=True, off_session=True)
    sandbox.control("POST", f"cards/{method}", {"behaves_like": "pm_card_authenticationRequired"})
    sandbox.intent(customer, method, confirm=True, return_url="http://shop.test/back")
    sandbox.intent(customer, method, confirm=True)
    sandbox.control("POST", f"cards/{method}", {})
    intents.list()
    intents.retrieve(waiting.id)


def _setups(sandbox: Any, customer: str) -> None:
    setups = sandbox.stripe.v1.setup_intents
    setup = setups.create(params={"customer": customer, "payment_method_types": ["card"]})
    with pytest.raises(stripe.CardError):
        setups.confirm(setup.id, params={"payment_method": "pm_card_chargeDeclined"})
    card = {"payment_method": "pm_card_authenticationRequired", "return_url": "http://shop.test/back"}
    setups.confirm(setup.id, params=card)
    setups.update(setup.id, params={"metadata": {"a": "1"}})
    setups.retrieve(setup.id)
    setups.cancel(setup.id)
    setups.list()


def _afterwards(sandbox: Any, customer: str) -> None:
    v1 = sandbox.stripe.v1
    intent = sandbox.intent(customer, "pm_card_visa", confirm=True, setup_future_usage="off_session")
    refund = v1.refunds.create(params={"payment_intent": intent.id, "amount": 100, "expand": ["charge"]})
    v1.refunds.update(refund.id, params={"metadata": {"a": "1"}})
    v1.refunds.retrieve(refund.id, params={"expand": ["payment_intent", "charge"]})
    v1.refunds.list()
    v1.charges.update(intent.latest_charge, params={"metadata": {"a": "1"}})
    v1.charges.retrieve(intent.latest_charge, params={"expand": ["refunds", "payment_intent"]})
    v1.charges.list(params={"limit": 100})
    sandbox.control("POST", "disputes", {"charge": intent.latest_charge})
    [dispute] = v1.disputes.list().data
    v1.disputes.retrieve(dispute.id, params={"expand": ["charge"]})
    v1.disputes.close(dispute.id)
    v1.webhook_endpoints.create(params={"url": "http://127.0.0.1:9/", "enabled_events": ["charge.pending"]})
    v1.webhook_endpoints.list()


def _refusals(sandbox: Any) -> None:
    v1 = sandbox.stripe.v1
    paid = sandbox.paid()
    for act in (
        lambda: v1.customers.retrieve("cus_no"),
        lambda: v1.payment_intents.create(params={"amount": 1, "currency": "gbp"}),
        lambda: v1.payment_intents.confirm(paid.id),
        lambda: v1.refunds.create(params={"payment_intent": paid.id, "amount": 10**7}),
        lambda: v1.customers.create(params={"foo": "1"}),
    ):
        with pytest.raises(stripe.InvalidRequestError):
            act()
    for mode in ("http_409", "http_429", "http_500"):
        sandbox.fault("customers.create", mode)
        with pytest.raises(stripe.StripeError):
            v1.customers.create()
    nobody = stripe.StripeClient(
        "sk_live_x",
        base_addresses={"api": sandbox.url},
        http_client=Checking(sandbox.stripe._requestor._client.contract),
    )
    with pytest.raises(stripe.AuthenticationError):
        nobody.v1.customers.list()


def test_every_operation_answers_in_stripes_shape(checked: Any, contract: Contract) -> None:
    customer, method = _people(checked)
    _checkout(checked, customer)
    _payments(checked, customer, method)
    _setups(checked, customer)
    _afterwards(checked, customer)
    _refusals(checked)
    events = checked.stripe.v1.events.list(params={"limit": 100}).data
    checked.stripe.v1.events.retrieve(events[0].id)
    assert {operation.name for operation in OPERATIONS} - contract.seen == set(UNDESCRIBED)
    assert contract.statuses == {200, 400, 401, 402, 404, 409, 429, 500}


def test_what_events_carry_has_stripes_shape(checked: Any, contract: Contract) -> None:
    customer, method = _people(checked)
    _checkout(checked, customer)
    _payments(checked, customer, method)
    _afterwards(checked, customer)
    kinds = set()
    for event in checked.stripe.v1.events.list(params={"limit": 100}).auto_paging_iter():
        carried = event.data.object.to_dict()
        kinds.add(carried["object"])
        contract.validate({"$ref": f"#/components/schemas/{carried['object']}"}, carried)
    assert {"charge", "checkout.session", "customer", "dispute", "payment_intent", "payment_method"} <= kinds
    assert {"refund", "setup_intent"} <= kinds


def test_the_check_itself_can_fail(contract: Contract) -> None:
    whole = {"id": "re_1", "object": "refund", "amount": 1, "currency": "gbp", "created": 1, "charge": None}
    schema = {"$ref": "#/components/schemas/refund"}
    contract.validate(schema, whole)
    for wrong in ({"amount": "1"}, {"amount": None}, {"reason": "whim"}, {"object": "charge"}):
        with pytest.raises(jsonschema.ValidationError):
            contract.validate(schema, {**whole, **wrong})
    with pytest.raises(AssertionError):
        contract.validate(schema, {**whole, "invented": 1})


def test_the_answers_carry_stripes_headers(sandbox: Any) -> None:
    headers = {
        "Authorization": "Bearer sk_test_x",
        "Idempotency-Key": "headers-1",
        "Stripe-Version": "2026-08-26.dahlia",
    }
    answer = requests.post(f"{sandbox.url}/v1/customers", headers=headers, timeout=10)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Idempotency-Key"] == "headers-1"
    assert answer.headers["Stripe-Version"] == "2026-08-26.dahlia"
