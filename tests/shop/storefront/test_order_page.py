"""The order's page: paying, coming back, cancelling."""

from __future__ import annotations

import pytest
import requests
from sqlalchemy import select

from kits import host
from shop.orders.tables import Order
from tests.servers.sandbox import Sandbox
from tests.shop.storefront.conftest import Shopper, words


def state(path: str) -> str:
    """The state of the order behind a page."""
    try:
        found = host.session().scalar(select(Order.state).where(Order.token == path.split("/")[2]))
        return str(found)
    finally:
        host.end_reads()


def test_a_payment_page_that_does_not_answer_leaves_a_kept_order_and_a_way_on(shopper: Shopper) -> None:
    shopper.add()
    placed = shopper.check_out()
    page = shopper.get(placed.location)
    assert "The payment page does not answer just now" in words(page)
    assert "Your kit is kept for you until" in words(page)
    assert "Pay now" in words(page)


def test_the_order_shows_its_plan_and_what_is_due(shopper: Shopper, order_page: str) -> None:
    page = shopper.get(order_page)
    assert page.text.count("rf-drop") == 2
    assert "£89.00 is due" in words(page)
    assert '<meta name="robots" content="noindex">' in page.text


@pytest.mark.parametrize("token", ["nothing", "a%00b", "x" * 5000, "%25"])
def test_an_unknown_order_is_a_404(shopper: Shopper, token: str) -> None:
    assert shopper.get(f"/orders/{token}").status_code == 404
    assert shopper.get(f"/orders/{token}/return?page_id=x").status_code == 404
    assert shopper.post(f"/orders/{token}/pay").status_code == 404
    assert shopper.post(f"/orders/{token}/cancel").status_code == 404


def test_what_a_link_claims_to_have_found_out_is_not_repeated(shopper: Shopper, order_page: str) -> None:
    page = shopper.get(f"{order_page}?said=<script>alert(1)</script>")
    assert "alert(1)" not in page.text


def test_the_checkout_leads_to_the_gateway_s_page(shopper: Shopper, sandbox: Sandbox) -> None:
    shopper.add()
    placed = shopper.check_out()
    assert placed.status_code == 303
    assert placed.location.startswith(sandbox.url)


def test_coming_back_without_having_paid_says_that_we_wait(shopper: Shopper, sandbox: Sandbox, order_page: str) -> None:
    back = shopper.get(f"/orders/{token_of_newest()}/return?page_id=cs_test_unknown")
    assert back.status_code == 303
    assert "We are waiting to hear about your payment" in words(shopper.get(back.location))


def test_an_unpaid_order_can_be_cancelled_and_says_so(shopper: Shopper, sandbox: Sandbox) -> None:
    shopper.add()
    shopper.check_out()
    path = f"/orders/{token_of_newest()}"
    assert shopper.post(f"{path}/cancel").status_code == 303
    assert state(path) == "cancelled"
    page = words(shopper.get(path))
    assert "Nothing was charged, and nothing will be" in page
    assert "Pay now" not in page


def test_paying_a_cancelled_order_leads_back_to_its_page(shopper: Shopper, sandbox: Sandbox) -> None:
    shopper.add()
    shopper.check_out()
    path = f"/orders/{token_of_newest()}"
    shopper.post(f"{path}/cancel")
    assert shopper.post(f"{path}/pay").location == path


def test_a_paid_order_says_what_happens_next(shopper: Shopper, sandbox: Sandbox) -> None:
    shopper.add()
    page = shopper.check_out().location
    paid = requests.post(page, data={"card": "4242424242424242"}, allow_redirects=False, timeout=30)
    back = shopper.get("/" + paid.headers["Location"].split("/", 3)[3])
    path = f"/orders/{token_of_newest()}"
    assert back.location == path
    assert state(path) == "paid"
    said = words(shopper.get(path))
    assert "Paid. We pack it next" in said
    assert "What happens next" in said
    assert "Pay now" not in said
    assert "Cancel" not in said


def token_of_newest() -> str:
    """The token of the newest order."""
    try:
        return str(host.session().scalar(select(Order.token).order_by(Order.id.desc()).limit(1)))
    finally:
        host.end_reads()
