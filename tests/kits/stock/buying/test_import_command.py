"""`flask kits import`: a list from the command line, whole or not at all; `receive` with a purchase order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from kits import host
from kits.stock.tables import Lot
from tests.kits.stock.buying.conftest import Look, Order

GOOD = "sku,lot,quantity,expires\nA,L1,1000,2090-05-31\nB,L2,5,2090-05-31\nA,L1,5,2090-05-31\n"


@pytest.fixture
def imported(app: Flask, items: tuple[int, int], tmp_path: Path) -> Any:
    """`imported(text, "--dry-run")` runs the command on a file that says `text`."""

    def run(text: str, *words: str) -> Any:
        (tmp_path / "list.csv").write_text(text)
        host.end_reads()
        return app.test_cli_runner().invoke(args=["kits", "import", str(tmp_path / "list.csv"), *words])

    return run


def lots() -> dict[str, int]:
    """Units by lot."""
    return {lot.code: lot.on_hand for lot in host.session().scalars(select(Lot).order_by(Lot.id))}


def test_a_list_is_booked_and_said_back(imported: Any) -> None:
    done = imported(GOOD)
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "Booked 3 deliveries, 1,010 units.")
    assert "line 2: 1,000 of A, L1 (new lot), until 2090-05-31" in done.output
    assert lots() == {"L1": 1005, "L2": 5}


def test_a_dry_run_says_what_would_be_booked_and_books_nothing(imported: Any) -> None:
    done = imported(GOOD, "--dry-run")
    assert (done.exit_code, done.output.splitlines()[-1]) == (
        0,
        "3 deliveries, 1,010 units. Nothing was booked: this was a dry run.",
    )
    assert lots() == {}


@pytest.mark.parametrize("words", [[], ["--dry-run"]])
def test_faults_are_told_by_line_and_field_and_nothing_is_booked(imported: Any, words: list[str]) -> None:
    done = imported(GOOD + "NONE,L1,x,2090-05-31\nNONE,L1,1,2090-05-31\n", *words)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "line 5, quantity: x is no whole number from 1 to 1,000,000. Write it like 12.",
        "line 6, sku: There is no item NONE. Give a SKU of the stock page.",
        "Error: Nothing was booked. Correct the list, then send it again.",
    ]
    assert lots() == {}


def test_the_same_file_is_booked_once(imported: Any) -> None:
    imported(GOOD)
    again = imported(GOOD)
    assert (again.exit_code, "this very file was booked before" in again.output) == (0, True)
    assert lots() == {"L1": 1005, "L2": 5}


def test_a_file_that_is_too_large_or_not_there_is_refused_in_a_sentence(imported: Any, app: Flask) -> None:
    large = imported(GOOD + " " * 1_000_000)
    assert (large.exit_code, "larger than 1,000,000 bytes" in large.stderr) == (1, True)
    missing = app.test_cli_runner().invoke(args=["kits", "import", "/none.csv"])
    assert (missing.exit_code, "No such file" in missing.stderr) == (2, True)


def test_a_single_delivery_may_name_its_supplier_and_its_order(app: Flask, order: Order, look: Look) -> None:
    number, run = order(("A", 20, 5)), app.test_cli_runner().invoke
    words = ["kits", "receive", "A", "L1", "8", "2090-06-30"]
    assert run(args=[*words, "--purchase-order", number, "--supplier", "Own Ltd"]).exit_code == 0
    assert look(number).lines[0].outstanding == 12
    assert host.session().scalars(select(Lot.supplier)).one() == "Own Ltd"
    host.end_reads()
    refused = run(args=[*words, "--purchase-order", "PO-NONE"])
    assert (refused.exit_code, "no purchase order PO-NONE" in refused.output) == (1, True)
