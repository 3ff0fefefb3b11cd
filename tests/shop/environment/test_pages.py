"""The admin of a copy says what it is on every page, and its buttons refund and charge nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from kits import host
from shop.environment.tables import Environment
from shop.payments.tables import Refund
from tests.servers.client import Visitor
from tests.shop.admin.conftest import Staff, paid, placed, staff, words  # noqa: F401
from tests.shop.environment.conftest import at_work

TITLE = "Nothing is charged or sent from here"
PAGES = ("/admin/", "/admin/orders", "/admin/stock", "/admin/mails", "/admin/disputes", "/admin/forecast")


@pytest.fixture
def a_copy(app: object) -> None:
    """As if this database had been marked elsewhere."""
    at_work()
    with host.unit() as session:
        session.get_one(Environment, 1).fingerprint = "elsewhere"


def test_no_page_of_the_right_database_speaks_of_copies(staff: Staff) -> None:  # noqa: F811
    at_work()
    assert all(TITLE not in staff.get(page).text for page in PAGES)


def test_every_page_of_a_copy_says_so_and_what_to_do(staff: Staff, a_copy: None) -> None:  # noqa: F811
    for page in PAGES:
        said = words(staff.get(page))
        assert TITLE in said, page
        assert "flask shop adopt-environment" in said, page


def test_the_refund_button_of_a_copy_refuses_with_a_sentence(
    staff: Staff,  # noqa: F811
    paid: str,  # noqa: F811
    a_copy: None,
) -> None:
    from shop.environment import standing

    standing.forget()
    page = f"/admin/orders/{paid}/refund"
    answer = staff.post(page, page=page, amount="1.00", reason="goodwill", note="", submission="one")
    assert answer.status_code == 409
    assert "This database is not the one that bills" in words(answer)
    assert host.session().scalars(select(Refund.id)).all() == []
    host.end_reads()


def test_readyz_tells_it_and_stays_ready(client: Visitor, a_copy: None) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["environment"]) == (200, "another")
