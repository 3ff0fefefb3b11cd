"""Up, and ready."""

from __future__ import annotations

import logging

from flask import Response, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from kits import host, migrate
from kits.settings import setting

log = logging.getLogger("refillery.probes")


def healthz() -> Response:
    """The process answers; it asks nobody else."""
    return jsonify(status="ok")


def readyz() -> ResponseReturnValue:
    """200 when the database is reachable and at the newest schema, else 503; whether keys are set is told only."""
    database = _database()
    keys = "set" if setting("STRIPE_SECRET_KEY") else "missing"
    ready = database == "ok"
    return jsonify(status="ok" if ready else "not ready", database=database, gateway_keys=keys), 200 if ready else 503


def _database() -> str:
    try:
        return "ok" if migrate.is_current(host.engine()) else "not migrated"
    except SQLAlchemyError:
        log.warning("the database cannot be reached", exc_info=True)
        return "unreachable"
