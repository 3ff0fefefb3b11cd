"""The fixed commands of the design, each as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from flask import Flask
from sqlalchemy import create_engine, inspect

from kits import clock
from kits.catalogue.first_kit import SERUM
from tests.journeys.driving import Driver
from tests.journeys.shopping import letters, until
from tests.servers.commands import FLASK, Commands
from tests.servers.ground import Ground
from tests.servers.sandbox import Sandbox
from tests.servers.shop_server import clean, free_port


def test_db_upgrade_brings_a_bare_database_to_the_newest_schema(
    ground: Ground, engine_name: str, run_command: Commands, tmp_path: Path
) -> None:
    run_command.environment["DATABASE_URL"] = ground.databases(engine_name).bare(tmp_path)
    run_command("shop", "db", "upgrade")
    engine = create_engine(run_command.environment["DATABASE_URL"])
    assert {"kits_kit", "shop_order", "subscriptions_refill"} <= set(inspect(engine).get_table_names())
    engine.dispose()


def test_refills_are_billed_and_foretold_by_command(
    app: Flask, driver: Driver, sandbox: Sandbox, run_command: Commands
) -> None:
    quick = app.test_cli_runner()
    bought = driver.buy()
    refill = driver.refill(bought)
    foretold = json.loads(quick.invoke(args=["refills", "forecast", "--json"]).output)["items"]
    [weeks] = [item["weeks"] for item in foretold if item["sku"] == SERUM]
    assert (weeks[0]["wanted"], sum(week["wanted"] for week in weeks)) == (1, 3), (
        "the kit's own today, two refills later"
    )
    assert refill.charge_on.isoformat() >= next(week["week_of"] for week in weeks[1:] if week["wanted"])
    driver.until_due(bought)
    charge_on = driver.refill(bought).charge_on.isoformat()
    look = json.loads(quick.invoke(args=["refills", "bill", "--dry-run", "--json"]).output)
    assert (look["dry_run"], [row["order"] for row in look["refills"]]) == (True, [bought.number])
    assert len(sandbox.charges()) == 1
    done = json.loads(run_command("refills", "bill", "--as-of", f"{charge_on}T18:00", "--json").stdout)
    assert (done["dry_run"], [row["state"] for row in done["refills"]]) == (False, ["paid"])
    assert set(sandbox.charges()[0]["metadata"]) == {"order", "root_order", "refill", "attempt"}


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_work_moves_no_clock_where_money_is_real(run_command: Commands, kit: str) -> None:
    run_command.environment["STRIPE_API_BASE"] = "https://api.stripe.com"
    refused = run_command("shop", "work", "--once", "--as-of", "2031-07-01T09:00", ok=False)
    assert (refused.returncode, "only in the sandbox" in refused.stderr) == (1, True)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_the_sandbox_is_served_by_command(run_command: Commands, tmp_path: Path) -> None:
    port = str(free_port())
    words = ("shop", "sandbox", "--port", port, "--database", str(tmp_path / "own.db"))
    process = run_command.start(*words)
    try:
        assert until(lambda: answers(f"http://127.0.0.1:{port}/_sandbox/charges"))
    finally:
        process.terminate()
        process.communicate(timeout=15)


def answers(url: str) -> bool:
    """Whether a GET of `url` is answered with 200."""
    try:
        return requests.get(url, timeout=20).status_code == 200
    except requests.RequestException:
        return False


class Demo:
    """`flask shop demo` in a folder of its own, in a process group of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        words = [*FLASK, "shop", "demo", "--port", str(self.port)]
        with (folder / "said").open("wb") as said:
            self.process = subprocess.Popen(
                words, cwd=folder, env=clean({}), stdout=said, stderr=said, start_new_session=True
            )

    def joined(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command that joins the demo by its settings."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "--env-file", "instance/demo.env", *words]
        return subprocess.run(
            command, cwd=self.folder, env=clean({}), capture_output=True, text=True, timeout=60, check=True
        )

    def end(self) -> None:
        """SIGTERM to the group, as from a terminal or a container."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(20)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """The demo, ended at the end."""
    started = Demo(tmp_path)
    yield started
    started.end()


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_the_demo_is_seeded_before_it_answers_any_command_joins_it_and_one_signal_ends_it(
    demo: Demo, app: Flask
) -> None:
    settings = demo.folder / "instance" / "demo.env"
    end = time.monotonic() + 180  # a bound against hanging, not a measure
    while not answers(f"{demo.url}/healthz"):
        assert time.monotonic() < end, (demo.folder / "said").read_text()
        assert demo.process.poll() is None, (demo.folder / "said").read_text()
        time.sleep(0.05)
    written = dict(line.split("=", 1) for line in settings.read_text().splitlines())
    assert requests.get(f"{demo.url}/api/v1/kits", timeout=10).json()["kits"][0]["slug"] == "mesotherapy-kit"
    charges = requests.get(f"{written['STRIPE_API_BASE']}/_sandbox/charges", timeout=10).json()["data"]
    assert {charge["amount"] for charge in charges} == {8900, 4900}
    for shown in ("/admin/", "admin@example.org", "maria@example.org", "4242 4242 4242 4242"):
        assert until(lambda shown=shown: shown in (demo.folder / "said").read_text())
    soon = clock.today(datetime.now(UTC)) + timedelta(days=70)
    assert "nothing is due" in demo.joined("shop", "work", "--once", "--as-of", f"{soon}T09:00").stdout
    assert "Your next serum refill" in letters(demo.folder / "instance" / "mail")[-1].subject
    demo.end()
    assert not answers(f"{demo.url}/healthz")
    assert not answers(f"{written['STRIPE_API_BASE']}/_sandbox/charges")
