"""A storage for the `limits` library on our database: one row a key, counted by one atomic statement.

It works in short connections of its own, never in the request's session, and
reckons windows by the database's clock, not by business time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from limits.storage import Storage
from sqlalchemy import Connection, Float, bindparam, case, delete, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from kits import host
from kits.engines import WRITES
from kits.tables import Row
from shop.work.leases import database_seconds

PURGED_AT_ONCE = 100


class RateWindow(Row):
    """How often `key` was used since its window began; the row serves the next window again."""

    __tablename__ = "shop_rate_window"

    key: Mapped[str] = mapped_column(unique=True)
    began: Mapped[float] = mapped_column(Float, doc="seconds since 1970 by the database's clock")
    ends: Mapped[float] = mapped_column(Float, index=True)
    count: Mapped[int]


class DatabaseStorage(Storage):
    """Fixed windows in `shop_rate_window`, shared by every process on the database."""

    STORAGE_SCHEME: list[str] | None = None

    @property
    def base_exceptions(self) -> type[Exception]:
        """What the database may raise."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count `amount` more in the window of `expiry` seconds; returns the count."""
        return self.counted(key, expiry, amount)[0]

    def counted(self, key: str, expiry: int, amount: int) -> tuple[int, float]:
        """The same, and how many seconds are left of the window."""
        with _connection(writes=True) as connection:
            count, left = connection.execute(_counted(connection.dialect.name, expiry, amount), {"who": key}).one()
        if count == amount:
            self._purge()
        return count, left

    def get(self, key: str) -> int:
        """The count in the window that runs, 0 without one."""
        with _connection() as connection:
            running = (RateWindow.key == key) & (RateWindow.ends > database_seconds())
            return connection.execute(select(RateWindow.count).where(running)).scalar() or 0

    def get_expiry(self, key: str) -> float:
        """When the window ends, in seconds since 1970; now when none runs."""
        with _connection() as connection:
            ends = connection.execute(select(RateWindow.ends).where(RateWindow.key == key)).scalar()
            return ends or float(connection.execute(select(database_seconds())).scalar_one())

    def check(self) -> bool:
        """True when the database answers."""
        with _connection() as connection:
            return connection.execute(text("SELECT 1")).scalar() == 1

    def reset(self) -> int | None:
        """Forget every window; returns how many."""
        with _connection(writes=True) as connection:
            return connection.execute(delete(RateWindow)).rowcount

    def clear(self, key: str) -> None:
        """Forget the window of `key`."""
        with _connection(writes=True) as connection:
            connection.execute(delete(RateWindow).where(RateWindow.key == key))

    def _purge(self) -> None:
        over = select(RateWindow.id).where(RateWindow.ends < database_seconds()).order_by(RateWindow.id)
        some = over.limit(PURGED_AT_ONCE).with_for_update(skip_locked=True)
        with _connection(writes=True) as connection:
            connection.execute(delete(RateWindow).where(RateWindow.id.in_(some.scalar_subquery())))


@lru_cache(maxsize=16)
def _counted(dialect: str, expiry: int, amount: int) -> Any:
    """The statement, built once; `who` is the key."""
    now = database_seconds()
    insert: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    over = RateWindow.ends <= now
    return (
        insert(RateWindow)
        .values(key=bindparam("who"), began=now, ends=now + expiry, count=amount)
        .on_conflict_do_update(
            index_elements=[RateWindow.key],
            set_={
                "began": case((over, now), else_=RateWindow.began),
                "ends": case((over, now + expiry), else_=RateWindow.ends),
                "count": case((over, amount), else_=RateWindow.count + amount),
            },
        )
        .returning(RateWindow.count, RateWindow.ends - now)
    )


@contextmanager
def _connection(*, writes: bool = False) -> Iterator[Connection]:
    with host.aside().execution_options(**{WRITES: writes}) as connection, connection.begin():
        yield connection
