"""Claims with a lease, on the database's own clock.

A worker claims rows by one conditional update and so shares none with another
worker; a worker that dies lets go when the lease runs out. Leases use the
database's clock because machines' clocks differ and business time can jump.
"""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Engine, Float, String, Update, bindparam, select, update
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.functions import GenericFunction

from kits.engines import write_alone, writing_alone
from kits.in_one import InOne
from kits.ready import Ready
from kits.settings import setting
from kits.tables import Row

LONGEST_WAIT = 300.0


class database_seconds(GenericFunction[float]):
    """Seconds since 1970 by the database's clock."""

    type = Float()
    inherit_cache = True
    name = "database_seconds"


@compiles(database_seconds, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(database_seconds)
def _elsewhere(element: Any, compiler: Any, **kw: Any) -> str:
    return "extract(epoch from clock_timestamp())"


HELD = {"claimed_by": bindparam("holder"), "free_at": database_seconds() + bindparam("lease_seconds", type_=Float)}
"""The columns of a row that is someone's from this moment on, for a statement; `held` gives what they leave open."""


class Claimed:
    """Columns of a row that a duty claims. `free_at` is when the lease or the wait ends."""

    claimed_by: Mapped[str | None] = mapped_column(String(80), default=None)
    free_at: Mapped[float] = mapped_column(Float, default=0.0)
    failures: Mapped[int] = mapped_column(default=0)


class ClaimedRow(Row, Claimed):
    """A table whose rows are claimed."""

    __abstract__ = True


T = TypeVar("T", bound=ClaimedRow)


def holder() -> str:
    """A name for this worker or request that no other has."""
    return f"{socket.gethostname()[:40]}-{os.getpid()}-{uuid.uuid4().hex[:12]}"


def claim(
    session: Session, table: type[T], due: ColumnElement[bool], me: str, *, limit: int, order: Any = None
) -> list[int]:
    """Claim up to `limit` free rows that are `due`; returns their ids in that order. The caller commits."""
    free = select(table.id).where(due, table.free_at <= database_seconds())
    first = free.order_by(*([table.id] if order is None else [order, table.id])).limit(limit)
    # Chosen once: without MATERIALIZED the planner may choose anew for each row that it changes.
    chosen = first.with_for_update(skip_locked=True, of=table).cte("chosen").prefix_with("MATERIALIZED")
    taken = (
        update(table)
        .where(table.id.in_(select(chosen.c.id)), table.free_at <= database_seconds())
        .values(claimed_by=me, free_at=database_seconds() + float(setting("LEASE_SECONDS")))
        .returning(table.id)
        .execution_options(synchronize_session=False)
    )
    ids = sorted(session.scalars(taken))
    if order is None or len(ids) < 2:
        return ids
    return list(session.scalars(select(table.id).where(table.id.in_(ids)).order_by(order, table.id)))


def renew(session: Session, table: type[T], row_id: int, me: str) -> bool:
    """Start the lease anew; False when it is no longer ours."""
    until = database_seconds() + float(setting("LEASE_SECONDS"))
    return _mine(session, table, row_id, me, free_at=until)


def renew_alone(engine: Engine, table: type[T], row_id: int, me: str, seconds: float) -> bool:
    """The same by a write of its own, committed, where there may be no app context."""
    return write_alone(engine, _renewing(table), {"row": row_id, "me": me, "seconds": seconds}) == 1


def let_go(session: Session, table: type[T], row_id: int, me: str) -> None:
    """The row was worked: free it at once."""
    _let_go(table).run(session, {"row": row_id, "me": me})


def let_go_alone(engine: Engine, table: type[T], row_id: int, me: str) -> None:
    """The same by a write of its own, committed."""
    with writing_alone(engine) as connection:
        _let_go(table).run(connection, {"row": row_id, "me": me})


def give_back_alone(engine: Engine, table: type[T], row_id: int, me: str) -> None:
    """The row was claimed and not begun: free it as it was, by a write of its own. Commits."""
    row: Any = table.__table__
    mine = update(row).where(row.c.id == row_id, row.c.claimed_by == me)
    write_alone(engine, mine.values(claimed_by=None, free_at=0.0))


@cache
def _let_go(table: type[ClaimedRow]) -> Ready:
    return Ready(_letting_go(table))


@cache
def _letting_go(table: type[ClaimedRow]) -> Update:
    """Built once a table: every payment and every duty ends with it."""
    row: Any = table.__table__
    mine = update(row).where(row.c.id == bindparam("row"), row.c.claimed_by == bindparam("me"))
    return mine.values(claimed_by=None, free_at=0.0, failures=0)


@cache
def _renewing(table: type[ClaimedRow]) -> Update:
    row: Any = table.__table__
    mine = update(row).where(row.c.id == bindparam("row"), row.c.claimed_by == bindparam("me"))
    return mine.values(free_at=database_seconds() + bindparam("seconds", type_=Float))


def let_go_with(engine: Engine, table: type[T], row_id: int, me: str, write: Update, given: Mapping[str, Any]) -> None:
    """The same together with another write, by themselves and committed; `given` is what that one leaves open."""
    with writing_alone(engine) as connection:
        _letting_go_with(table, write).run(connection, {"row": row_id, "me": me, **given})


@cache
def _letting_go_with(table: type[ClaimedRow], write: Update) -> InOne:
    return InOne(write, _letting_go(table))


def put_back(
    session: Session, table: type[T], row_id: int, me: str, *, at_least: float = 0.0, failed: bool = True
) -> None:
    """Working the row failed: free it after a wait that doubles from half a second up to five minutes.

    Where it was only too early it has not `failed`, and waits no longer than `at_least` seconds.
    """
    row = session.get(table, row_id)
    failures = row.failures if row else 0
    longer = min(LONGEST_WAIT, 0.5 * 2 ** min(failures, 12)) if failed else 0.0
    until = database_seconds() + max(at_least, longer)
    _mine(session, table, row_id, me, claimed_by=None, free_at=until, failures=failures + failed)


def held_from_now(me: str) -> dict[str, Any]:
    """The columns of a row that is written as someone's."""
    return {"claimed_by": me, "free_at": database_seconds() + float(setting("LEASE_SECONDS"))}


def held(me: str) -> dict[str, Any]:
    """What HELD leaves open."""
    return {"holder": me, "lease_seconds": float(setting("LEASE_SECONDS"))}


def take(session: Session, table: type[T], row_id: int, me: str) -> bool:
    """Claim one known row; False when another holds it."""
    row = update(table).where(table.id == row_id, table.free_at <= database_seconds())
    return _one(session, row.values(HELD), held(me))


def _mine(session: Session, table: type[T], row_id: int, me: str, **values: Any) -> bool:
    return _one(session, update(table).where(table.id == row_id, table.claimed_by == me).values(**values))


def _one(session: Session, statement: Any, given: Mapping[str, Any] | None = None) -> bool:
    done = session.execute(statement.execution_options(synchronize_session=False), given)
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]
