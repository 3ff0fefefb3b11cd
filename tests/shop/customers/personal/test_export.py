"""Downloading one's data: all that every room holds, no secrets, and nothing of anybody else."""

from __future__ import annotations

import json
import re
from typing import Any

from flask import Flask
from sqlalchemy import select

from kits import clock, host
from kits.tables import Base
from shop.customers import addresses
from shop.customers.personal.export import whole
from shop.customers.tables import Customer, MagicLink
from shop.orders.tables import Order, OrderLine
from shop.payments.tables import Payment, PaymentAttempt
from shop.registers import registers
from shop.returns.tables import Return, ReturnItem
from tests.bench.statements import counted
from tests.journeys.driving import Bought, Driver
from tests.servers.client import Visitor
from tests.shop.customers.personal.conftest import MARIA, NAME, STREET, customer_of, ship_paid

POINTS_AT_PEOPLE = {"email", "to", "order_number", "root_number", "body", "subject", "detail", "source", "note"}
"""Columns that may name a person, or an order, without a foreign key."""
NOT_HANDED_OUT = {
    "kits_audit_entry": "who did what to which thing, by ids; what was done shows in the orders",
    "kits_commitment": "stock kept back for a refill; the refill itself is in the file",
    "kits_purchase_order": "what the shop orders from its suppliers",
    "kits_reservation": "stock promised to an order; what was sent is in the file",
    "shop_card_setup": "a page on which a card was saved; the card is in the file",
    "shop_erasure": "of those who were erased: nobody signs in any more to ask for it",
    "shop_finding": "where our books and Stripe's differ, by ids and sums; the payments and refunds are in the file",
    "shop_kept_person": "of those who were erased: nobody signs in any more to ask for it",
    "shop_link_request": "gone within seconds, once it was looked at",
    "shop_outbox_earlier": "to which address staff had a mail sent before; the mail itself is in the file",
    "shop_staff_member": "staff, no customers",
    "shop_stock_alert": "what is low in stock",
    "subscriptions_pay_link": "a link in a mail, by its hash; the mail is in the file",
    "shop_webhook_event": "what Stripe told us; what came of it is in the file, the words are cleared after 90 days",
}


def exported(customer_id: int) -> dict[str, Any]:
    found = whole.everything(host.session(), host.session().get_one(Customer, customer_id), clock.now())
    host.end_reads()
    return dict(json.loads(json.dumps(found)))


def about_people() -> set[str]:
    """Every table that may name a person: what leads to a customer by foreign keys, or has a column that may."""
    tables = {table.name: table for table in Base.metadata.sorted_tables}
    found = {"shop_customer"} | {name for name, table in tables.items() if POINTS_AT_PEOPLE & set(table.columns.keys())}
    for name, table in tables.items():  # what a table refers to comes before it
        refers_to = {key.column.table.name for key in table.foreign_keys}
        if refers_to & (found - set(NOT_HANDED_OUT)):
            found.add(name)
    return found


def test_every_table_that_may_name_a_person_is_handed_out_or_has_a_reason(sent: Bought, maria: int) -> None:
    """A new table fails here: add it to an export part, or say above why it is not handed out."""
    give_back(sent)
    with counted(host.engine()) as statements:
        exported(maria)
    read = set(re.findall(r"(?:FROM|JOIN) (\w+)", " ".join(statements)))
    assert {name for name in about_people() if name not in read and name not in NOT_HANDED_OUT} == set()
    assert set(NOT_HANDED_OUT) <= set(about_people()), "a reason for a table that names nobody"


def test_the_file_holds_the_whole_life_in_the_shop(driver: Driver, sent: Bought, maria: int) -> None:
    driver.until_due(sent)
    driver.work()
    ship_paid()
    found = exported(maria)
    assert (found["person"]["email"], found["person"]["name"]) == (MARIA, NAME)
    assert [address["line1"] for address in found["addresses"]] == [STREET]
    first, refill = found["orders"]
    assert (first["number"], first["state"], first["line1"]) == (sent.number, "shipped", STREET)
    assert first["lines"][0]["sessions"] == 10
    assert first["acknowledged_notices"][0]["version"] == "1"
    assert first["parcels"][0]["tracking"] == "TRACK-1"
    assert {part["lot"] for part in first["parcels"][0]["contents"]} == {"LOT-ROLLER-025", "LOT-SERUM-3M"}
    assert (first["payments"][0]["card_brand"], first["payments"][0]["card_last4"]) == ("visa", "4242")
    assert first["payment_attempts"][0]["state"] == "succeeded"
    assert (refill["kind"], refill["refill_number"]) == ("refill", 1)
    (plan,) = found["plans"]
    assert [each["state"] for each in plan["refills"]] == ["shipped", "scheduled"]
    assert (plan["order"], plan["holds"]) == (sent.number, [])
    assert found["documents"][0]["for"]["name"] == NAME
    assert "Your next serum refill" in [mail["subject"] for mail in found["mails"]]
    assert any(sent.number in mail["text"] for mail in found["mails"])


def test_what_was_given_back_is_in_the_file(sent: Bought, maria: int) -> None:
    give_back(sent)
    (back,) = exported(maria)["returns"]
    assert (back["order"], back["kind"], back["items"][0]["amount"]) == (sent.number, "withdrawal", 5900)


def give_back(bought: Bought) -> None:
    with host.unit() as session:
        line = session.scalars(select(OrderLine).where(OrderLine.order_id == bought.order_id)).one()
        item = ReturnItem(line=line, item=line.kit.components[0].item, sent=True, units=1, parts=[[1, 5900]])
        session.add(
            Return(
                order=line.order, number=1, kind="withdrawal", actor="customer", declared_at=clock.now(), items=[item]
            )
        )


def test_the_file_holds_no_secrets_and_no_ids(driver: Driver, sent: Bought, maria: int) -> None:
    driver.order(email=MARIA)
    said = json.dumps({name: part for name, part in exported(maria).items() if name != "mails"})
    session = host.session()
    secrets = [
        *session.scalars(select(Order.token)),
        *session.scalars(select(PaymentAttempt.key)),
        *session.scalars(select(Payment.intent_id)),
        *session.scalars(select(Payment.card)),
        *session.scalars(select(Customer.stripe_customer)),
        *session.scalars(select(MagicLink.token_sha256)),
    ]
    host.end_reads()
    assert [each for each in secrets if each and each in said] == []
    assert not re.search(r'"(?:\w+_)?id"', said)


def test_the_file_holds_nothing_of_anybody_else(driver: Driver, sent: Bought, maria: int) -> None:
    bob = driver.buy(email="bob@example.org")
    said = json.dumps(exported(maria))
    assert not any(word in said for word in ("bob@example.org", bob.number, bob.token))
    assert json.dumps(exported(customer_of(bob))).count(sent.number) == 0


def test_as_many_statements_however_many_orders(driver: Driver, sent: Bought, maria: int) -> None:
    def run() -> int:
        with counted(host.engine()) as statements:
            exported(maria)
        return len(statements)

    one = run()
    for _ in range(3):
        driver.buy(email=MARIA)
    driver.work()
    ship_paid()
    assert run() == one


def test_a_part_of_a_room_above_stands_in_the_file(app: Flask, maria: int) -> None:
    registers(app).export_parts["more"] = lambda session, customer, now: {"of": customer.email}
    assert exported(maria)["more"] == {"of": MARIA}


def test_the_file_is_downloaded_by_whoever_is_signed_in_and_kept_by_no_cache(signed_in: Visitor, ada: int) -> None:
    answer = signed_in.get("/account/data.json")
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.json["person"]["email"] == "ada@example.org"


def test_nobody_else_is_handed_a_file(client: Visitor, maria: int) -> None:
    answer = client.get("/account/data.json")
    assert (answer.status_code, answer.location, MARIA in answer.text) == (303, "/account/", False)


def test_addresses_that_can_still_be_put_back_are_in_the_file(maria: int) -> None:
    book = addresses.book(host.session(), maria)
    addresses_id = book[0].id
    host.end_reads()
    addresses.remove(maria, addresses_id, now=clock.now())
    (kept,) = exported(maria)["addresses"]
    assert kept["removed_at"] is not None
