"""The rooms and their doors: who may import whom, who alone may do what, and how large a file grows.

Each check takes a folder and lists what offends in it, so that it is tried on offenders, too.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("kits", "shop", "subscriptions")
ABOVE = {"kits": ("shop", "subscriptions", "wsgi"), "shop": ("subscriptions", "wsgi"), "subscriptions": ("wsgi",)}
HTTP = ("flask.Blueprint", "flask.abort", "flask.g", "flask.jsonify", "flask.make_response", "flask.redirect",
        "flask.render_template", "flask.request", "flask.session", "flask.url_for", "flask.views", "flask_wtf",
        "werkzeug", "webargs")  # fmt: skip
SHAPELESS = re.compile(r"(utils?|helpers?|common|core|managers?|misc)(\.py)?")
TOP = {"wsgi.py", *ROOMS, "templates", "tests", "docs", "pyproject.toml", "README.md", "Makefile", "LICENSE",
       "CHANGELOG.md", "CONTRIBUTING.md", "Dockerfile", "compose.yaml"}  # fmt: skip
LONGEST = 250
Check = Callable[[Path], Iterator[str]]


def sources(root: Path, *rooms: str) -> Iterator[Path]:
    """The Python files of the rooms, migrations aside: those are generated."""
    for room in rooms:
        yield from (path for path in sorted((root / room).rglob("*.py")) if "versions" not in path.parts)


def imports(path: Path, root: Path) -> Iterator[str]:
    """Full names of what a file imports, inside functions, too."""
    package = path.relative_to(root).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            yield from (f"{module}.{name.name}" for name in node.names)


def within(name: str, *packages: str) -> bool:
    """True when the dotted name is one of the packages or stands in one."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def calls(path: Path) -> Iterator[str]:
    """The last name of everything a file calls."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "attr", getattr(node.func, "id", ""))


def imports_that_point_up(root: Path) -> Iterator[str]:
    for room, above in ABOVE.items():
        for path in sources(root, room):
            yield from (f"{path}: {name}" for name in imports(path, root) if within(name, *above))


def strangers_to_stripe(root: Path) -> Iterator[str]:
    gateway = root / "shop/payments/gateway/stripe_gateway.py"
    for path in sources(root, *ROOMS):
        if path != gateway:
            yield from (f"{path}: {name}" for name in imports(path, root) if within(name, "stripe"))


def ties_of_the_sandbox(root: Path) -> Iterator[str]:
    for path in sources(root, "shop/sandbox"):
        ours = (name for name in imports(path, root) if within(name, *ROOMS, "wsgi"))
        yield from (f"{path}: {name}" for name in ours if not within(name, "shop.sandbox"))


def pages_in_kits(root: Path) -> Iterator[str]:
    for path in sources(root, "kits"):
        yield from (f"{path}: {name}" for name in imports(path, root) if within(name, *HTTP))


def second_ledgers(root: Path) -> Iterator[str]:
    for path in sources(root, *ROOMS):
        if path != root / "kits/stock/ledger.py" and {"StockMovement"} & set(calls(path)):
            yield f"{path} writes stock movements"


def second_commits(root: Path) -> Iterator[str]:
    for path in sources(root, *ROOMS):
        own = path == root / "kits/host.py" or path.is_relative_to(root / "shop/sandbox")
        if not own and "commit" in calls(path):
            yield f"{path} commits"


def long_files(root: Path) -> Iterator[str]:
    for path in [*sources(root, *ROOMS, "tests"), *root.glob("*.py")]:
        lines = len(path.read_text().splitlines())
        if lines > LONGEST:
            yield f"{path}: {lines} lines"


def shapeless_rooms(root: Path) -> Iterator[str]:
    for room in (*ROOMS, "tests", "templates"):
        yield from (str(path) for path in (root / room).rglob("*") if SHAPELESS.fullmatch(path.name))


def unignored(root: Path) -> list[str]:
    """What stands in a folder that is no git checkout."""
    ignored = (root / ".gitignore").read_text().split() if (root / ".gitignore").exists() else []
    names = [path.name for path in root.iterdir()]
    return [name for name in names if not any(fnmatch(name, pattern.rstrip("/")) for pattern in ignored)]


def strays_at_the_top(root: Path) -> Iterator[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True, check=False)
    kept = listed.stdout.split("\n") if listed.returncode == 0 else unignored(root)
    for name in sorted({line.split("/")[0] for line in kept if line}):
        if name not in TOP and not name.startswith(".") and not re.fullmatch(r"requirements.*\.txt", name):
            yield name


def loose_requirements(root: Path) -> Iterator[str]:
    for path in sorted(root.glob("requirements*.txt")):
        text = "\n".join(line for line in path.read_text().splitlines() if not line.lstrip().startswith("#"))
        yield from (f"{path}: {found}" for found in re.findall(r"\S*://\S*|(?m:^-\S.*)", text))
        for entry in re.split(r"\n(?=\S)", text.strip()):
            if "--hash=sha256:" not in entry or "==" not in entry:
                yield f"{path}: {entry.splitlines()[0]}"


OFFENDERS: list[tuple[Check, str, str]] = [
    (imports_that_point_up, "kits/a.py", "def f():\n    from shop.orders import tables"),
    (imports_that_point_up, "shop/orders/a.py", "import subscriptions"),
    (imports_that_point_up, "subscriptions/a.py", "from wsgi import create_app"),
    (strangers_to_stripe, "shop/orders/a.py", "from stripe import StripeClient"),
    (strangers_to_stripe, "shop/sandbox/a.py", "import stripe.error"),
    (ties_of_the_sandbox, "shop/sandbox/a.py", "from shop.orders.tables import Order"),
    (ties_of_the_sandbox, "shop/sandbox/a/b.py", "from ... import registers"),
    (ties_of_the_sandbox, "shop/sandbox/a.py", "from kits.money import Money"),
    (pages_in_kits, "kits/a.py", "from flask import Flask, request"),
    (pages_in_kits, "kits/stock/a.py", "from werkzeug.exceptions import NotFound"),
    (second_ledgers, "shop/orders/a.py", "session.add(StockMovement(quantity=1))"),
    (second_commits, "subscriptions/a.py", "session().commit()"),
    (long_files, "tests/a.py", "\n" * (LONGEST + 1)),
    (long_files, "wsgi.py", "\n" * (LONGEST + 1)),
    (shapeless_rooms, "shop/utils/a.py", ""),
    (shapeless_rooms, "subscriptions/plan/helper.py", ""),
    (strays_at_the_top, "setup.py", ""),
    (loose_requirements, "requirements.txt", "flask==3.1.3"),
    (loose_requirements, "requirements.txt", "flask>=3 \\\n    --hash=sha256:0"),
    (loose_requirements, "requirements-dev.txt", "--index-url x\nflask==3.1.3 \\\n    --hash=sha256:0"),
    (loose_requirements, "requirements.txt", "flask @ git+ssh://host/flask \\\n    --hash=sha256:0"),
]


@pytest.mark.parametrize("check", dict.fromkeys(check for check, _, _ in OFFENDERS), ids=lambda check: check.__name__)
def test_the_house_is_in_order(check: Check) -> None:
    assert list(check(ROOT)) == []


@pytest.mark.parametrize(("check", "place", "text"), OFFENDERS)
def test_an_offender_is_found(check: Check, place: str, text: str, tmp_path: Path) -> None:
    assert list(check(tmp_path)) == []
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / place).write_text(text)
    assert list(check(tmp_path)) != []


def test_each_room_is_looked_at() -> None:
    assert [room for room in ROOMS if not list(sources(ROOT, room))] == []


def test_the_shop_runs_on_the_versions_that_were_tested() -> None:
    pinned = re.compile(r"(?m)^([\w.-]+==[^\s;]+)")
    runtime, dev = (set(pinned.findall((ROOT / f"requirements{kind}.txt").read_text())) for kind in ("", "-dev"))
    assert runtime
    assert runtime <= dev
