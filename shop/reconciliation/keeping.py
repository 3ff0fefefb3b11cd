"""Keeping what a comparison came to, and what it found: a row for each finding, however often it is found."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kits.host import end_reads, session, unit
from shop.payments.gateway.lists import Span
from shop.payments.tables import Payment, Refund
from shop.reconciliation.comparing.batches import Compared
from shop.reconciliation.comparing.facts import Fact
from shop.reconciliation.tables import GONE, LOOKED_INTO, OPEN, REPAIRED, Comparison, Finding


def begin(span: Span, *, actor: str, now: datetime) -> int:
    """Write down that a comparison begins; its id. Commits."""
    with unit() as current:
        row = Comparison(actor=actor, since=span.since, until=span.until, begun_at=now)
        current.add(row)
        current.flush()
        return row.id


def keep(run: int, compared: Compared, *, now: datetime, **read: int) -> None:
    """Keep a batch: its differences, which of our rows were found at Stripe, and how much was `read`. Commits.

    At most three statements where nothing differs.
    """
    counts: dict[str, Any] = {name: getattr(Comparison, name) + number for name, number in read.items()}
    with unit() as current:
        if compared.payments:
            found = Payment.intent_id.in_(sorted(compared.payments))
            _write(current, update(Payment).where(found).values(compared_in=run))
        if compared.refunds:
            _write(current, update(Refund).where(Refund.id.in_(compared.refunds)).values(compared_in=run))
        opened = _keep(current, run, compared.facts, now)
        counts |= {"opened": Comparison.opened + opened} if opened else {}
        if counts:
            _write(current, update(Comparison).where(Comparison.id == run).values(**counts))


def end(run: int, *, closed: int, now: datetime) -> None:
    """The comparison is whole. Commits."""
    with unit() as current:
        _write(current, update(Comparison).where(Comparison.id == run).values(ended_at=now, closed=closed))


def close(current: Session, finding_id: int, state: str, *, now: datetime, actor: str | None, reason: str = "") -> bool:
    """End a finding in the open unit; False when it had ended.

    Who repaired one may be slower to say so than another who found it in order by then.
    """
    before = (OPEN, GONE) if state == REPAIRED else (OPEN,)
    mine = update(Finding).where(Finding.id == finding_id, Finding.state.in_(before))
    return bool(_write(current, mine.values(state=state, ended_at=now, actor=actor, reason=reason)))


def gone(finding_id: int, *, now: datetime) -> bool:
    """It is found no more; False when it had ended. Commits."""
    with unit() as current:
        return close(current, finding_id, GONE, now=now, actor=None)


def not_seen(run: int, after: int, limit: int) -> list[tuple[int, str, str]]:
    """Open findings that this comparison has not found, by id: their ids, kinds, and what they are about."""
    older = select(Finding.id, Finding.kind, Finding.about).where(
        Finding.state == OPEN, Finding.seen_in < run, Finding.id > after
    )
    rows = session().execute(older.order_by(Finding.id).limit(limit)).all()
    end_reads()
    return [(row.id, row.kind, row.about) for row in rows]


def last_whole(current: Session) -> Comparison | None:
    """The last comparison that was not broken off."""
    whole = select(Comparison).where(Comparison.ended_at.is_not(None))
    return current.scalars(whole.order_by(Comparison.id.desc()).limit(1)).first()


def count_open(current: Session) -> int:
    """How many findings wait for someone."""
    return current.scalar(select(func.count()).select_from(Finding).where(Finding.state == OPEN)) or 0


def _keep(current: Session, run: int, facts: Sequence[Fact], now: datetime) -> int:
    """How many of them are new, or open again."""
    if not facts:
        return 0
    about = Finding.about.in_([fact.about for fact in facts])
    known = {(row.kind, row.about): row for row in current.scalars(select(Finding).where(about).with_for_update())}
    return sum(_keep_one(current, run, known.get((fact.kind, fact.about)), fact, now) for fact in facts)


def _keep_one(current: Session, run: int, row: Finding | None, fact: Fact, now: datetime) -> bool:
    values = {
        "order_number": fact.order, "amount": fact.money.amount, "currency": fact.money.currency,
        "ours": fact.ours, "theirs": fact.theirs,
    }  # fmt: skip
    fresh = {"state": OPEN, "found_at": now, "ended_at": None, "actor": None, "reason": "", "seen_in": run}
    if row is None:
        about = {"kind": fact.kind, "about": fact.about, "requests": 0}
        with suppress(IntegrityError), current.begin_nested():  # another comparison may have found it just now
            current.execute(insert(Finding).values(**about, **values, **fresh))
            return True
        return False
    changed = any(getattr(row, name) != value for name, value in values.items())
    stands = row.state == OPEN or (row.state == LOOKED_INTO and not changed)
    for name, value in (values | ({"seen_in": run} if stands else fresh)).items():
        setattr(row, name, value)
    current.flush()
    return not stands


def _write(current: Session, statement: Any) -> int:
    done = current.execute(statement.execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]
