"""`flask shop demo`: settings, sandbox, seed, web and worker, and what to open."""

from __future__ import annotations

import secrets
import shutil
import subprocess
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from dotenv import dotenv_values
from flask.cli import ScriptInfo, with_appcontext

from shop.demo import processes, seed, story
from shop.demo.processes import CannotStart

KEPT = ("demo.db", "sandbox.db", "demo.env")


@click.command("demo")
@click.option("--port", default=5000, show_default=True)
@click.option("--keep", is_flag=True, help="Go on with the data of the last demo.")
@click.pass_context
def demo(context: click.Context, port: int, keep: bool) -> None:
    """Serve a stocked shop with the sandbox on this machine. It starts afresh each time."""
    app = context.ensure_object(ScriptInfo).app_import_path or "wsgi"
    try:
        _run(app, Path.cwd() / "instance", port, keep)
    except CannotStart as error:
        raise click.ClickException(str(error)) from error


@click.command("demo-seed", hidden=True)
@with_appcontext
def demo_seed() -> None:
    """Fill the demo's database by driving the shop's use cases with earlier times."""
    seed.plant_everything()


def _run(app: str, folder: Path, port: int, keep: bool) -> None:
    processes.require_free(port)
    keep = keep and all((folder / name).exists() for name in KEPT)
    _clear(folder, keep)
    settings = _settings(folder, port, keep)
    with ExitStack() as stack:
        sandbox = stack.enter_context(processes.running(_sandbox(folder, settings), settings))
        settings["STRIPE_API_BASE"] = f"http://127.0.0.1:{processes.until_there(folder / 'sandbox.port', sandbox)}"
        _write(folder / "demo.env", settings)
        if not keep:
            _seed(app, settings)
        web = stack.enter_context(processes.running(processes.web_words(app, port), settings))
        worker = stack.enter_context(processes.running(processes.flask_words(app, "shop", "work"), settings))
        click.echo(story.told(app, settings, keep))
        processes.until_told([sandbox, web, worker])


def _clear(folder: Path, keep: bool) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "sandbox.port").unlink(missing_ok=True)
    if keep:
        return
    for name in ("demo.db", "sandbox.db"):
        for path in folder.glob(f"{name}*"):
            path.unlink()
    shutil.rmtree(folder / "mail", ignore_errors=True)
    (folder / "demo.env").unlink(missing_ok=True)


def _settings(folder: Path, port: int, keep: bool) -> dict[str, str]:
    known = dotenv_values(folder / "demo.env") if keep else {}
    (folder / "mail").mkdir(exist_ok=True)
    return {
        "DATABASE_URL": f"sqlite:///{folder / 'demo.db'}",
        "SECRET_KEY": known.get("SECRET_KEY") or secrets.token_urlsafe(32),
        "STRIPE_SECRET_KEY": "sk_test_demo",
        "STRIPE_WEBHOOK_SECRET": known.get("STRIPE_WEBHOOK_SECRET") or f"whsec_{secrets.token_hex(16)}",
        "STRIPE_API_BASE": "http://127.0.0.1:1",
        "SHOP_URL": f"http://127.0.0.1:{port}",
        "SHOP_RATE_LIMIT_PER_MINUTE": "600",
        "MAIL_URL": f"file:{folder / 'mail'}",
        "MAIL_FROM": "shop@refillery.example",
        "OWNER_EMAIL": "owner@refillery.example",
    }


def _sandbox(folder: Path, settings: dict[str, str]) -> list[str]:
    webhook, secret = f"{settings['SHOP_URL']}/webhooks/stripe", settings["STRIPE_WEBHOOK_SECRET"]
    begins = (datetime.now(UTC) - timedelta(days=seed.DAYS_AGO)).isoformat()
    return processes.sandbox_words(folder, webhook, secret, settings["STRIPE_SECRET_KEY"], begins)


def _write(path: Path, settings: dict[str, str]) -> None:
    path.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    path.chmod(0o600)


def _seed(app: str, settings: dict[str, str]) -> None:
    for command in (("db", "upgrade"), ("demo-seed",)):
        done = subprocess.run(  # noqa: S603 - our own command
            processes.flask_words(app, "shop", *command), env=processes.environment(settings), check=False
        )
        if done.returncode != 0:
            raise CannotStart("The demo's data could not be made. What it said stands above.")
