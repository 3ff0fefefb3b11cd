"""`flask shop check`: what is missing before the shop sells."""

from __future__ import annotations

import json

import click
from flask.cli import with_appcontext

from kits import clock
from kits.host import end_reads
from shop.checking.check import LOOK, MISSING, WELL, Found
from shop.checking.looking import look, missing

SIGNS = {WELL: "ok", LOOK: "look", MISSING: "MISSING"}


@click.command("check")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead.")
@with_appcontext
def check_command(as_json: bool) -> None:
    """Say what is missing before the shop sells: exit code 0 when nothing is, else 1."""
    found = look(clock.now())
    end_reads()
    lacking = missing(found)
    click.echo(json.dumps(_told(found)) if as_json else _lines(found))
    if lacking:
        raise SystemExit(1)


def _told(found: list[Found]) -> dict[str, object]:
    each = [{"title": one.title, "level": one.level, "says": one.says} for one in found]
    return {"ready": not missing(found), "checks": each}


def _lines(found: list[Found]) -> str:
    widest = max(len(each.title) for each in found)
    lines = [f"{SIGNS[each.level]:<8} {each.title:<{widest}}  {each.says}" for each in found]
    lacking = len(missing(found))
    end = f"{lacking} {'thing is' if lacking == 1 else 'things are'} missing." if lacking else "Ready to sell."
    return "\n".join([*lines, "", end])
