"""What we ask of a host: a database session, and one transaction at a time.

`unit()` is the only place that commits. Use cases are called outside any
transaction and open their own; what they call only flushes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import cast

from flask import current_app
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kits.engines import WRITES, standing_alone
from kits.errors import TransactionOpen

Reader = Session | Connection
"""What a look of a single statement may be taken through."""

_AFTER = "refillery_after_commit"
_ASIDE = "refillery_aside"


def session() -> Session:
    """This context's session of the host's Flask-SQLAlchemy, looked up anew each time."""
    return cast(Session, current_app.extensions["sqlalchemy"].session())


def engine() -> Engine:
    """The engine behind `session()`."""
    return cast(Engine, session().get_bind())


def aside() -> Connection:
    """A connection beside the session, for single statements that need no transaction; close it.

    On PostgreSQL each stands alone, which saves a BEGIN and a COMMIT. What is
    read here is not of one moment with what is read next.
    """
    return alone().connect()


def alone() -> Engine:
    """The engine of those connections."""
    kept = current_app.extensions.get(_ASIDE)
    if kept is None:
        kept = current_app.extensions[_ASIDE] = standing_alone(engine())
    return cast(Engine, kept)


def outside_transaction() -> None:
    """Refuse to go on inside a transaction: raises TransactionOpen."""
    if session().in_transaction():
        raise TransactionOpen("this use case opens its own transaction; commit or roll back yours first")


def end_reads() -> None:
    """Let go of what a view has read so far, so that a use case can open its own transaction.

    Where the database has ended the connection there is nothing to let go of, and no error.
    """
    with suppress(DBAPIError):
        session().rollback()


@contextmanager
def unit() -> Iterator[Session]:
    """One write transaction: commits at the end, rolls back on any error.

    Raises TransactionOpen when one is open already. What was handed to
    `after_commit` runs when the commit has succeeded.
    """
    outside_transaction()
    current = session()
    try:
        current.connection(execution_options={WRITES: True})
        yield current
        current.commit()
    except BaseException:
        current.info.pop(_AFTER, None)
        end_reads()
        raise
    for call in current.info.pop(_AFTER, []):
        call()
        current.rollback()  # what a receiver has read is no transaction of the next use case's


def after_commit(call: Callable[[], object]) -> None:
    """Run `call` once the open unit has committed; never when it rolls back."""
    session().info.setdefault(_AFTER, []).append(call)
