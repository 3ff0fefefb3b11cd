"""The standalone host: makes the database and mounts the three packages. An example for mounting, too.

flask --app wsgi shop demo          gunicorn wsgi:app
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from werkzeug.middleware.proxy_fix import ProxyFix

from kits import Kits
from kits.engines import prepare
from kits.tables import Base
from shop import Shop, logs
from shop.doors import standalone_cookies
from shop.storefront.sitemap import robots
from subscriptions import Subscriptions


def _yes(said: str) -> bool:
    """How a setting that is on or off is written in the environment."""
    return said.strip().lower() in ("1", "true", "yes", "on")


FROM_ENVIRONMENT = {
    "STRIPE_SECRET_KEY": "SHOP_STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET": "SHOP_STRIPE_WEBHOOK_SECRET",
    "STRIPE_API_BASE": "SHOP_STRIPE_API_BASE",
    **{name: name for name in ("SHOP_URL", "SHOP_NAME", "SHOP_TIMEZONE", "SHOP_CURRENCY", "SECRET_KEY")},
    "SHOP_SUBSCRIPTION_LAW": "SHOP_SUBSCRIPTION_LAW",
    "SHOP_RETRY_DAYS": "SHOP_RETRY_DAYS",
    "SHOP_LOG_FORMAT": "SHOP_LOG_FORMAT",
    **{name: f"SHOP_{name}" for name in ("MAIL_URL", "MAIL_FROM", "OWNER_EMAIL")},
}
READ_AS: dict[str, Callable[[str], Any]] = {
    "SHOP_ALARM_OVERDUE_DAYS": int,
    **{f"SHOP_ALARM_{of}_MINUTES": float for of in ("STUCK", "MAIL", "WORKER", "AFTER")},
    "SHOP_ALARM_WEBHOOK_HOURS": float,
    "SHOP_COMMITMENT_DAYS": int,
    "SHOP_CONFIRM_CHARGES": _yes,
    "SHOP_EXPIRY_DAYS": int,
    "SHOP_IN_FLIGHT": int,
    "SHOP_LEASE_SECONDS": float,
    "SHOP_NEEDLE_LIMIT_UM": int,
    "SHOP_NEEDLE_WARNING_UM": int,
    "SHOP_MAIL_GIVE_UP_HOURS": float,
    "SHOP_PRICE_NOTICE_DAYS": int,
    "SHOP_RATE_LIMIT_PER_MINUTE": int,
    "SHOP_ROLLER_SESSIONS": int,
    "SHOP_STOP_SECONDS": float,
    "SHOP_STRIPE_ENDPOINT_PER_SECOND": float,
    "SHOP_STRIPE_REQUESTS_PER_SECOND": float,
    "TRUSTED_PROXIES": int,
}

KEPT_CONNECTIONS = 16
"""To PostgreSQL, by each process: two for each of gunicorn's eight threads; what is opened beyond is closed again.

Those used last are used again, because they have their statements planned.
"""
KEEPING_SILENT = {"hide_parameters": True}
"""An error of the database names no values: those are people's."""
TO_POSTGRESQL = {
    "pool_size": KEPT_CONNECTIONS,
    "max_overflow": -1,  # a worker's charges in flight hold none while Stripe is asked
    "pool_use_lifo": True,
    **KEEPING_SILENT,
    # Our statements are few and come again and again: each is prepared when a connection first meets it.
    "connect_args": {"prepare_threshold": 0},
}


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The shop as an app of its own, set up from the environment; `config` comes last and wins."""
    app = Flask("refillery", instance_path=str(Path.cwd() / "instance"), static_folder=None)
    app.config.update(_from_environment())
    app.config.update(config or {})
    if "SQLALCHEMY_DATABASE_URI" not in app.config:
        Path(app.instance_path).mkdir(exist_ok=True)
        app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{Path(app.instance_path) / 'shop.db'}"
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
        app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", TO_POSTGRESQL)
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", KEEPING_SILENT)
    if app.config.get("SHOP_LOG_FORMAT") == logs.JSON:
        logs.write_json()
    if not app.config.get("SECRET_KEY"):
        app.config["SECRET_KEY"] = _kept_secret(Path(app.instance_path))
    if proxies := app.config.get("TRUSTED_PROXIES"):
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    db = SQLAlchemy(app, metadata=Base.metadata)
    with app.app_context():
        prepare(db.engine)
    Kits(app)
    standalone_cookies(app)
    Shop(app)
    Subscriptions(app)
    app.add_url_rule("/robots.txt", "robots", robots)
    return app


def _from_environment() -> dict[str, Any]:
    found: dict[str, Any] = {ours: os.environ[name] for name, ours in FROM_ENVIRONMENT.items() if os.environ.get(name)}
    found.update({name: kind(os.environ[name]) for name, kind in READ_AS.items() if os.environ.get(name)})
    if url := os.environ.get("DATABASE_URL"):
        # SQLAlchemy's default PostgreSQL driver is another than the one we ship.
        for plain in ("postgres://", "postgresql://"):
            url = url.replace(plain, "postgresql+psycopg://", 1) if url.startswith(plain) else url
        found["SQLALCHEMY_DATABASE_URI"] = url
    return found


def _kept_secret(folder: Path) -> str:
    """A secret made once and kept beside the database, readable by its owner alone."""
    path = folder / "secret_key"
    try:
        folder.mkdir(exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text()


def __getattr__(name: str) -> Any:
    # Made when asked for: importing this module for `create_app` touches no file and no environment.
    if name == "app":
        return create_app()
    raise AttributeError(name)
