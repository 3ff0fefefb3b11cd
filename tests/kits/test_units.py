"""The unit of work: one transaction, one commit, no surprises."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from kits import host
from kits.catalogue.tables import Item
from kits.errors import BadInput, TransactionOpen


def item(sku: str) -> Item:
    return Item(sku=sku, name=sku)


def skus() -> list[str]:
    found = host.session().scalars(select(Item.sku).order_by(Item.sku)).all()
    host.end_reads()
    return list(found)


def test_a_unit_commits_at_its_end(app: Flask) -> None:
    with host.unit() as session:
        session.add(item("A"))
    assert not host.session().in_transaction()
    host.session().rollback()
    assert skus() == ["A"]


def add_and_raise(error: BaseException) -> None:
    with host.unit() as session:
        host.after_commit(lambda: told.append("never"))
        session.add(item("A"))
        session.flush()
        raise error


def add_and_open_another() -> None:
    with host.unit() as session:
        session.add(item("A"))
        with host.unit():
            pass


def add_one_too_many() -> None:
    with host.unit() as session:
        host.after_commit(lambda: told.append("never"))
        session.add(item("A"))


told: list[str] = []


@pytest.fixture(autouse=True)
def _nobody_was_told() -> None:
    told.clear()


def test_an_error_rolls_back_all_of_it(app: Flask) -> None:
    with pytest.raises(BadInput):
        add_and_raise(BadInput("sku", "no"))
    assert skus() == []
    with host.unit() as session:
        session.add(item("B"))
    assert skus() == ["B"]


def test_a_worker_that_is_stopped_rolls_back_too(app: Flask) -> None:
    with pytest.raises(KeyboardInterrupt):
        add_and_raise(KeyboardInterrupt())
    assert skus() == []


def test_a_unit_inside_a_unit_is_refused_and_nothing_is_kept(app: Flask) -> None:
    with pytest.raises(TransactionOpen):
        add_and_open_another()
    assert skus() == []


def test_a_unit_after_reads_is_refused_until_they_end(app: Flask) -> None:
    host.session().scalars(select(Item)).all()
    with pytest.raises(TransactionOpen):
        host.outside_transaction()
    with pytest.raises(TransactionOpen), host.unit():
        pass
    host.end_reads()
    with host.unit() as session:
        session.add(item("A"))
    assert skus() == ["A"]


def test_what_follows_the_commit_finds_it_done(app: Flask) -> None:
    seen: list[list[str]] = []
    with host.unit() as session:
        host.after_commit(lambda: seen.append(skus()))
        session.add(item("A"))
        assert seen == []
    assert seen == [["A"]]


def test_what_follows_the_commit_does_not_follow_an_error_nor_the_next_unit(app: Flask) -> None:
    with pytest.raises(BadInput):
        add_and_raise(BadInput("sku", "no"))
    with host.unit() as session:
        session.add(item("A"))
    assert told == []


def test_what_follows_the_commit_does_not_follow_a_failed_commit(app: Flask) -> None:
    with host.unit() as session:
        session.add(item("A"))
    with pytest.raises(IntegrityError):
        add_one_too_many()
    assert told == []
    assert skus() == ["A"]


def test_what_reads_after_the_commit_leaves_no_transaction_open(app: Flask) -> None:
    with host.unit() as session:
        session.add(item("A"))
        host.after_commit(lambda: host.session().scalars(select(Item.sku)).all())
    assert not host.session().in_transaction()
