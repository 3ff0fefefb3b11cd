"""`flask kits receive`: stock from the command line."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from kits import host
from kits.catalogue.first_kit import SERUM
from kits.stock.tables import Lot, StockMovement
from tests.servers.commands import Commands


def test_a_delivery_is_booked_and_said_back(app: Flask, kit: str) -> None:
    done = app.test_cli_runner().invoke(args=["kits", "receive", SERUM, "L1", "12", "2090-06-30"])
    assert (done.exit_code, done.output) == (0, f"Received 12 of {SERUM}, lot L1: 12 on hand.\n")
    lot = host.session().scalars(select(Lot)).one()
    assert (lot.on_hand, lot.expires_on.isoformat()) == (12, "2090-06-30")
    assert host.session().scalars(select(StockMovement.actor)).one() == "command"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["NONE", "L1", "12", "2090-06-30"], "There is no item 'NONE'"),
        ([SERUM, "L1", "0", "2090-06-30"], "quantity from 1 to 1,000,000"),
        ([SERUM, "L1", "12", "2020-06-30"], "expired stock is not received"),
        ([SERUM, "L1", "twelve", "2090-06-30"], "not a valid integer"),
        ([SERUM, "L1", "12", "30.6.2090"], "does not match the format"),
        ([SERUM, "L1"], "Missing argument"),
    ],
)
def test_what_cannot_be_booked_is_refused_in_a_sentence(app: Flask, kit: str, words: list[str], said: str) -> None:
    done = app.test_cli_runner().invoke(args=["kits", "receive", *words])
    assert done.exit_code != 0
    assert said in done.output
    assert "Traceback" not in done.output
    host.end_reads()
    assert host.session().scalars(select(Lot)).all() == []


def test_the_command_works_as_a_process_of_its_own(kit: str, run_command: Commands) -> None:
    assert "3 on hand" in run_command("kits", "receive", SERUM, "L1", "3", "2090-06-30").stdout
    refused = run_command("kits", "receive", SERUM, "L1", "0", "2090-06-30", ok=False)
    assert refused.returncode == 1
    assert refused.stderr.startswith("Error: Give a quantity")
    assert host.session().scalars(select(Lot.on_hand)).all() == [3]
