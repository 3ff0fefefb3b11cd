"""Workers as they were last seen, and alarms as they stand. Times are seconds by the database's clock."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Float
from sqlalchemy.orm import Mapped, mapped_column

from kits.tables import Row


class Worker(Row):
    """A process that works duties: where, since when, and when it was last seen; `ended` when it stopped in order."""

    __tablename__ = "shop_worker"

    name: Mapped[str] = mapped_column(unique=True)
    host: Mapped[str]
    pid: Mapped[int]
    started: Mapped[float] = mapped_column(Float)
    seen: Mapped[float] = mapped_column(Float)
    ended: Mapped[float | None] = mapped_column(Float)
    in_hand: Mapped[int] = mapped_column(default=0, doc="how many rows it had claimed and not finished")

    @property
    def started_at(self) -> datetime:
        """The moment it started."""
        return datetime.fromtimestamp(self.started, UTC)


class AlarmRow(Row):
    """How one kind of alarm stands, and when its owner was told; see `shop.watching.standing`."""

    __tablename__ = "shop_alarm"

    kind: Mapped[str] = mapped_column(unique=True)
    figure: Mapped[int] = mapped_column(default=0, doc="what was counted last")
    changed: Mapped[float | None] = mapped_column(Float, doc="since when it is otherwise than was told")
    raised: Mapped[float | None] = mapped_column(Float, doc="when it was raised; None while all is well")
    told: Mapped[float | None] = mapped_column(Float, doc="when the last mail of it was written")
    letters: Mapped[int] = mapped_column(default=0, doc="how many mails of it were written, ever")
