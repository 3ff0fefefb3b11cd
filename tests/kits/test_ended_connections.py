"""A PostgreSQL that is restarted ends every connection: whoever comes next gets a new one, and no error for it."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from flask import Flask
from sqlalchemy import NullPool, bindparam, create_engine, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from kits import host
from kits.catalogue.tables import Item

pytestmark = pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
PID = select(func.pg_backend_pid())
LEFT = text("SELECT count(*) FROM pg_stat_activity WHERE pid IN :pids").bindparams(bindparam("pids", expanding=True))


def end(app: Flask, pids: Sequence[int]) -> None:
    """The server ends these connections, as when it is shut down."""
    engine = create_engine(app.config["SQLALCHEMY_DATABASE_URI"], poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for pid in pids:
            connection.scalar(select(func.pg_terminate_backend(pid)))
        while connection.scalar(LEFT, {"pids": pids}):
            time.sleep(0.01)


def end_this(app: Flask, session: Session) -> None:
    """The same for the connection that a session is at."""
    end(app, [session.scalars(PID).one()])


def pooled(number: int) -> list[int]:
    """So many connections that nobody uses just now; the server's ids of them."""
    held = [host.engine().connect() for _ in range(number)]
    pids = [each.scalars(PID).one() for each in held]
    for each in held:
        each.close()
    return pids


def test_nobody_is_given_a_connection_that_has_ended(app: Flask) -> None:
    gone = pooled(4)
    end(app, gone)
    assert not set(pooled(4)) & set(gone)
    with host.aside() as connection:
        assert connection.scalar(select(1)) == 1


def test_letting_go_of_what_was_read_is_no_error_when_the_connection_has_ended(app: Flask) -> None:
    end_this(app, host.session())
    host.end_reads()
    assert host.session().scalar(select(1)) == 1


def test_a_unit_whose_connection_ends_tells_what_went_wrong_in_it_and_keeps_nothing(app: Flask) -> None:
    def fail() -> None:
        with host.unit() as session:
            session.add(Item(sku="A", name="A"))
            session.flush()
            end_this(app, session)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with host.unit() as session:
        session.add(Item(sku="A", name="A"))
    assert host.session().scalars(select(Item.sku)).all() == ["A"]


def test_who_hears_the_farewell_forgets_all_older_connections(app: Flask) -> None:
    old = pooled(3)
    session = host.session()
    end_this(app, session)
    with pytest.raises(OperationalError):
        session.scalar(select(1))
    host.end_reads()
    assert not set(pooled(3)) & set(old), "they may be on their way out, too"
