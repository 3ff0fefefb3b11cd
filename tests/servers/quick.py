"""Things that a shop does once and a thousand apps of one test run need not do a thousand times."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

from argon2 import PasswordHasher, profiles
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from werkzeug.routing import Rule

from shop.customers.staff import members


def be_quick() -> None:
    """Share compiled templates, routes and statements between apps; take argon2's cheap profile, made for tests."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": SharedTemplates()}
    Rule._compile_builder = remembered(Rule._compile_builder)
    members._hasher = PasswordHasher.from_parameters(profiles.CHEAPEST)
    SQLAlchemy._make_engine = sharing_statements(SQLAlchemy._make_engine)  # type: ignore[method-assign]


def collect_rarely() -> None:
    """All that is imported by now lasts: the collector need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


class SharedTemplates(BytecodeCache):
    """Compiled templates in memory, by their name and the checksum of their source."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what another app has compiled."""
        known = self._known.get((bucket.key, bucket.checksum))
        if known is not None:
            bucket.bytecode_from_string(known)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it for the next app."""
        self._known[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


def remembered(compile_builder: Callable[..., Any]) -> Callable[..., Any]:
    """werkzeug writes and compiles a function for each route of each app; routes alike share theirs."""
    known: dict[tuple[Any, ...], Any] = {}

    def builder(rule: Rule, append_unknown: bool = True) -> Any:
        if rule.defaults:
            return compile_builder(rule, append_unknown)
        key = (append_unknown, *rule._trace)
        if key not in known:
            known[key] = compile_builder(rule, append_unknown)
        return known[key]

    return builder


def sharing_statements(make_engine: Callable[..., Engine]) -> Callable[..., Engine]:
    """Engines of one kind of database share their dialect, and by it the statements they have compiled."""
    first: dict[str, Engine] = {}

    def made(*given: Any) -> Engine:
        engine = make_engine(*given)
        known = first.setdefault(f"{engine.dialect.name}+{engine.driver}", engine)
        if known is not engine and getattr(known.dialect, "server_version_info", None):
            engine.dialect = engine.pool._dialect = known.dialect
            engine._compiled_cache = known._compiled_cache
        return engine

    return made
