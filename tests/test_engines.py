"""Which tests may run on one engine alone, and that all others run on both."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.servers.engines import ENGINES, NO_PAGES, PAGES, PAGES_AMONG_RULES, is_page, left_out

ROOT = Path(__file__).resolve().parents[1]
PAGE = "tests/shop/storefront/test_basket_page.py"


@dataclass(frozen=True)
class Found:
    """A test as pytest has collected it."""

    nodeid: str
    fixturenames: tuple[str, ...] = ()
    callspec: object = None


@dataclass(frozen=True)
class Call:
    params: dict[str, str] = field(default_factory=dict)


def on_both(file: str, name: str = "test_it", *fixtures: str) -> list[Found]:
    return [Found(f"{file}::{name}[{engine}-a]", fixtures, Call({"engine_name": engine})) for engine in ENGINES]


def test_a_page_runs_on_one_engine_and_pages_take_turns() -> None:
    tests = [test for number in range(200) for test in on_both(PAGE, f"test_{number}")]
    gone = list(left_out(tests))
    assert len({test.nodeid.partition("[")[0] for test in gone}) == len(gone) == 200
    assert 70 < sum("sqlite" in test.nodeid for test in gone) < 130


def test_which_engine_that_is_does_not_depend_on_what_else_runs() -> None:
    alone = list(left_out(on_both(PAGE)))
    assert alone
    assert alone[0] in list(left_out([*on_both(PAGE, "test_other"), *on_both(PAGE)]))


@pytest.mark.parametrize("file", [f"{room}/test_new.py" for room in NO_PAGES])
def test_a_rule_of_money_stock_or_locks_runs_on_both(file: str) -> None:
    assert list(left_out(on_both(file))) == []


@pytest.mark.parametrize("file", ["tests/shop/new_room/test_it.py", "tests/shop/admin/new_room/test_it.py"])
def test_a_new_room_runs_on_both(file: str) -> None:
    assert list(left_out(on_both(file))) == []


@pytest.mark.parametrize("fixture", ["at_once", "run_command", "served"])
def test_what_starts_several_things_at_once_runs_on_both(fixture: str) -> None:
    assert list(left_out(on_both(PAGE, "test_it", fixture))) == []


def test_a_page_that_is_asked_for_on_one_engine_runs_on_it() -> None:
    for test in on_both(PAGE):
        assert list(left_out([test])) == []


def test_no_page_is_in_a_room_of_money_stock_or_locks() -> None:
    assert [page for page in PAGES for room in NO_PAGES if f"{page}/".startswith(f"{room}/")] == []


@pytest.mark.parametrize("file", sorted(PAGES_AMONG_RULES))
def test_pages_among_rules_are_files_whose_neighbours_run_on_both(file: str) -> None:
    assert (ROOT / file).is_file()
    assert any(file.startswith(f"{room}/") for room in NO_PAGES) or file.startswith("tests/shop/papers/")
    assert len(list(left_out(on_both(file)))) == 1
    assert list(left_out(on_both(str(Path(file).with_name("test_rules.py"))))) == []


def test_every_room_that_is_named_is_there() -> None:
    assert [name for name in (*PAGES, *NO_PAGES) if not (ROOT / name).exists()] == []


def test_a_room_within_pages_is_none_by_that() -> None:
    assert is_page("tests/shop/admin/test_door.py::test_it")
    assert not is_page("tests/shop/admin/receiving/test_receiving.py::test_it")
