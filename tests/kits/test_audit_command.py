"""`flask kits audit`: the proof that balances are what the ledger adds up to, and where they are not."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text

from kits import host
from kits.stock.ledger import Cause
from kits.stock.moves import corrections, packing
from kits.stock.tables import Lot
from tests.servers.commands import Commands

Put = Callable[..., None]


@pytest.fixture
def audit(app: Flask, put: Put) -> Callable[..., Result]:
    """Runs the command over two lots."""
    put("A", 20, days=30, lot="L1")
    put("B", 5, days=30, lot="L2")
    return lambda *words: app.test_cli_runner().invoke(args=["kits", "audit", *words])


def falsify(column: str, lot: str, by: int) -> None:
    """Change a balance behind the ledger's back."""
    host.end_reads()
    with host.unit() as session:
        session.execute(
            text(f"UPDATE kits_lot SET {column} = {column} + :by WHERE code = :lot"), {"by": by, "lot": lot}
        )


def test_where_all_agree_it_says_how_much_was_compared(audit: Callable[..., Result]) -> None:
    done = audit()
    assert done.exit_code == 0
    assert done.output.startswith("All 2 lots agree with 2 movements, checked 20")


def test_it_agrees_after_moves_of_every_kind(
    audit: Callable[..., Result], items: tuple[int, int], promise: Put, now: datetime
) -> None:
    lot = host.session().query(Lot.id).filter_by(code="L1").scalar()
    host.end_reads()
    promise("R-1", (items[0], 3, 10))
    with host.unit() as session:
        packing.allocate(session, "R-1", Cause("staff:1", now))
    corrections.quarantine(lot, 4, Cause("staff:1", now, "a broken seal"))
    corrections.adjust(lot, -2, Cause("staff:1", now, "dropped"))
    assert audit().exit_code == 0


@pytest.mark.parametrize(
    ("column", "by", "said"),
    [
        ("on_hand", 3, ["A, lot L1: on_hand is 23, the ledger adds up to 20 (+3)."]),
        ("quarantined", 2, ["A, lot L1: quarantined is 2, the ledger adds up to 0 (+2)."]),
        ("allocated", 1, ["A, lot L1: allocated is 1, the ledger adds up to 0 (+1)."]),
    ],
)
def test_a_balance_that_was_falsified_is_named(
    audit: Callable[..., Result], column: str, by: int, said: list[str]
) -> None:
    falsify(column, "L1", by)
    done = audit()
    assert done.exit_code == 1
    assert done.output.splitlines()[:-1] == said
    assert "One balance disagrees; 2 lots and 2 movements, checked" in done.output


def test_it_mends_nothing(audit: Callable[..., Result]) -> None:
    falsify("on_hand", "L1", 3)
    audit()
    assert audit().exit_code == 1


def test_as_json_it_says_the_same(audit: Callable[..., Result]) -> None:
    good = json.loads(audit("--json").output)
    assert (good["agrees"], good["lots"], good["movements"], good["disagreements"]) == (True, 2, 2, [])
    assert datetime.fromisoformat(good["checked_at"]).tzinfo
    falsify("on_hand", "L2", -1)
    done = audit("--json")
    assert done.exit_code == 1
    assert json.loads(done.output)["disagreements"] == [
        {"sku": "B", "code": "L2", "which": "on_hand", "balance": 4, "ledger": 5, "difference": -1}
    ]


def test_the_command_works_as_a_process_of_its_own(audit: Callable[..., Result], run_command: Commands) -> None:
    assert "All 2 lots agree" in run_command("kits", "audit").stdout
    falsify("on_hand", "L1", 1)
    assert run_command("kits", "audit", ok=False).returncode == 1
