"""Apps are slow to make, so a process makes one for each config and lends it to one test after another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from select import select
from typing import Any

from flask import Flask
from sqlalchemy import Engine

from kits import host
from shop.registers import Registers
from wsgi import create_app

UNLIMITED = {"SHOP_STRIPE_REQUESTS_PER_SECOND": 0.0, "SHOP_STRIPE_ENDPOINT_PER_SECOND": 0.0}
PLAIN = {"SECRET_KEY": "for tests only", "SHOP_STRIPE_SECRET_KEY": "", **UNLIMITED}
EACH_TESTS_OWN = {"SHOP_MAIL_URL"}
"""Settings that nothing reads before a test begins."""
MOST = 6
PLAIN_KINDS = {str, int, bool, type(None)}
RESTORED = {"config", "extensions", "_got_first_request"}


@contextmanager
def an_app(url: str, **config: Any) -> Iterator[Flask]:
    """An app of one's own on the database at `url`, its context pushed; its connections are closed afterwards."""
    app = _made(url, config)
    with app.app_context():
        try:
            yield app
        finally:
            app.extensions["sqlalchemy"].session.remove()
            host.engine().dispose()


@dataclass(frozen=True)
class Lent:
    """An app and how it was when it was made."""

    app: Flask
    config: dict[str, Any]
    extensions: dict[str, Any]
    picture: Any

    @classmethod
    def of(cls, app: Flask) -> Lent:
        for made_when_asked_for in ("jinja_env", "jinja_loader", "logger"):
            getattr(app, made_when_asked_for)
        return cls(app, dict(app.config), dict(app.extensions), _picture_of(app))

    def restore(self) -> None:
        """Its config is what it was, what it has read and kept since is forgotten, and it has served nobody."""
        for found, kept in ((self.app.config, self.config), (self.app.extensions, self.extensions)):
            found.clear()
            found.update(kept)
        self.app._got_first_request = False

    @property
    def unchanged(self) -> bool:
        """False when a test has added a route, a hook, an entry to a register or anything else that lasts."""
        return bool(_picture_of(self.app) == self.picture)


class Apps:
    """An app that a test has changed for good is not lent again, so that no test can forget to put things back."""

    def __init__(self) -> None:
        self._free: dict[str, Lent] = {}

    @contextmanager
    def lent(self, url: str, **config: Any) -> Iterator[Flask]:
        """The app of this config on the database at `url`, its context pushed."""
        known = repr((url, sorted((name, value) for name, value in config.items() if name not in EACH_TESTS_OWN)))
        lent = self._free.pop(known, None) or Lent.of(_made(url, config))
        app = lent.app
        app.config.update(config)
        with app.app_context():
            _drop_dead(host.engine())
            try:
                yield app
            finally:
                app.extensions["sqlalchemy"].session.remove()
                if host.engine().dialect.name == "sqlite":
                    host.engine().dispose()  # the next test's file is another
        lent.restore()
        self._keep(known, lent)

    def close(self) -> None:
        """Let go of all connections."""
        while self._free:
            self._discard(self._free.popitem()[1])

    def _keep(self, known: str, lent: Lent) -> None:
        if not lent.unchanged:
            self._discard(lent)
            return
        self._free[known] = lent
        if len(self._free) > MOST:
            self._discard(self._free.pop(next(iter(self._free))))

    def _discard(self, lent: Lent) -> None:
        with lent.app.app_context():
            host.engine().dispose()


def _made(url: str, config: Mapping[str, Any]) -> Flask:
    return create_app({**PLAIN, "SQLALCHEMY_DATABASE_URI": url, "TESTING": True, **config})


def _picture_of(app: Flask) -> Any:
    own = {name: value for name, value in vars(app).items() if name not in RESTORED}
    return _picture([own, vars(app.jinja_env), dict(app.extensions), list(app.url_map.iter_rules()), app.cli.commands])


def _picture(found: Any) -> Any:
    """What `found` holds, compared by value for what may be added to and by identity for the rest."""
    kind = type(found)
    if issubclass(kind, dict):
        pictures = {key: _picture(value) for key, value in found.items()}
        return {key: picture for key, picture in pictures.items() if picture not in ({}, [])}
    if kind is list:
        return [_picture(value) for value in found]
    if kind is Registers:
        return _picture(vars(found))
    return found if kind in PLAIN_KINDS else id(found)


def _drop_dead(engine: Engine) -> None:
    """Put no connection that the server has ended into the hands of the next test: it says so when it is not asked."""
    kept = [engine.raw_connection() for _ in range(engine.pool.checkedin())]  # type: ignore[attr-defined]
    for connection in kept:
        if hasattr(connection, "fileno") and select([connection.fileno()], [], [], 0)[0]:
            connection.invalidate()
        connection.close()
