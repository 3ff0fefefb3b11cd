"""Facts about the shop that its owner sets: who trades, the VAT number, what a clinic's session costs.

Decisions about money read them in their own transaction (`read`). Pages show
what this process has read within the last seconds (`shown`), so that a footer
costs no statement.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kits import audit
from kits.host import after_commit, aside, end_reads, unit
from kits.ready import Ready
from shop.owner.tables import Fact

READ = select(Fact.__table__.c.name, Fact.__table__.c.value)
_READ = Ready(READ)
SHOWN_SECONDS = 5.0
_KEY = "refillery_facts"


@dataclass(frozen=True)
class Facts:
    """All facts; what the owner has not set is as here. Amounts in minor units of the shop's currency."""

    trader_name: str = ""
    trader_address: str = ""
    trader_email: str = ""
    trader_phone: str = ""
    company_number: str = ""
    vat_number: str = ""
    vat_permille: int = 200
    clinic_session: int = 0
    clinic_source: str = ""

    @property
    def vat_registered(self) -> bool:
        """True when the prices include VAT: the shop has a VAT number."""
        return bool(self.vat_number)

    @property
    def vat_rate(self) -> int | None:
        """The VAT in the prices, in thousandths of the net price; None for a shop that is not registered."""
        return self.vat_permille if self.vat_registered else None

    @property
    def compares(self) -> bool:
        """True when pages may show the cost beside a clinic's: the owner has given the figure and where it is from."""
        return bool(self.clinic_session and self.clinic_source)

    @property
    def vat_words(self) -> str:
        """What every page with a price says about VAT."""
        return "Prices include VAT." if self.vat_registered else "We are not registered for VAT, so no VAT is charged."

    @property
    def vat_note(self) -> str:
        """The same behind a price: `£49.00, VAT included`."""
        return "VAT included" if self.vat_registered else "no VAT charged"


def read(session: Session) -> Facts:
    """The facts as they stand, in one statement."""
    session.flush()
    return told(_READ.run(session, {}))


def shown() -> Facts:
    """The facts for a page, at most five seconds old in this process; opens no transaction of the caller's."""
    if (found := fresh()) is None:
        with aside() as connection:
            found = keep(told(_READ.run(connection, {})))
    return found


def fresh() -> Facts | None:
    """The same, unless it is time to read them anew: then whoever reads anyway may read them along, and `keep` them."""
    since, found = current_app.extensions.get(_KEY, (0.0, None))
    return found if time.monotonic() - since <= SHOWN_SECONDS else None


def keep(found: Facts) -> Facts:
    """Show these for the next five seconds."""
    current_app.extensions[_KEY] = (time.monotonic(), found)
    return found


def change(wanted: Mapping[str, Any], *, actor: str, now: datetime) -> bool:
    """Set the facts named in `wanted`; the audit log keeps what they were. Commits; False when nothing changed.

    The values are those of `Facts`; what they may be is checked where they come in.
    """
    end_reads()
    with unit() as session:
        known = vars(read(session))
        new = {name: value for name, value in wanted.items() if value != known[name]}
        if not new:
            return False
        session.execute(delete(Fact).where(Fact.name.in_(new)))
        session.add_all(Fact(name=name, value=str(value), changed_at=now) for name, value in new.items())
        audit.record(
            session, at=now, actor=actor, action="facts.changed", subject="shop",
            before={name: known[name] for name in new}, after=new,
        )  # fmt: skip
        extensions = current_app.extensions
        after_commit(lambda: extensions.pop(_KEY, None))
    return True


def told(rows: Iterable[Sequence[str]]) -> Facts:
    """The facts that rows of `READ` tell."""
    values = {name: value for name, value in rows}  # noqa: C416 - rows are no tuples
    kinds: dict[str, Any] = {field.name: type(field.default) for field in fields(Facts)}
    return Facts(**{name: kind(values[name]) for name, kind in kinds.items() if name in values})
