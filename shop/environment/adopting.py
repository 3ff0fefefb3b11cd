"""The way on: this database becomes the one that bills, once it knows what was charged without it."""

from __future__ import annotations

from datetime import datetime

from kits import audit
from kits.host import unit
from shop.environment import standing
from shop.environment.importing import Imported
from shop.environment.tables import ONLY, Environment


def adopt(imported: Imported, *, actor: str, now: datetime) -> None:
    """Mark this database, and the account of the key that is set, as those that bill from now on. Audited. Commits.

    Raises GatewayError while Stripe does not say whose the key is.
    """
    account, here = standing.account(must_answer=True, again=True), standing.here()
    with unit() as session:
        known = session.get(Environment, ONLY)
        before = (known.account, known.fingerprint) if known else (None, None)
        session.merge(Environment(id=ONLY, account=account, fingerprint=here, other_account=None, seen_at=now))
        audit.record(
            session, at=now, actor=actor, action="environment.adopted", subject=account or "no account",
            was=list(before), here=here, settled=imported.settled, lost=[each.intent.id for each in imported.lost],
            hindering=[each.intent.id for each in imported.hindering],
        )  # fmt: skip
    standing.forget()
