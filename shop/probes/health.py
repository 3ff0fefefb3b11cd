"""Up, and ready."""

from __future__ import annotations

import logging

from flask import Response, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from kits import clock, host, migrate
from kits.settings import setting
from shop.environment import standing
from shop.watching import reading

log = logging.getLogger("refillery.probes")


def healthz() -> Response:
    """The process answers; it asks nobody else."""
    return jsonify(status="ok")


def readyz() -> ResponseReturnValue:
    """200 when the database is reachable and at the newest schema, else 503; the rest is told only.

    No alarm makes a process not ready: none is mended by taking it out of the load balancer, and the shop would be
    closed because mails wait. Alarms are for people; see /metrics and /admin/watch.
    """
    database = _database()
    ready = database == "ok"
    told = {
        "status": "ok" if ready else "not ready",
        "database": database,
        "environment": ("another" if standing.problem() else "ok") if ready else "unknown",
        "gateway_keys": "set" if setting("STRIPE_SECRET_KEY") else "missing",
        "alarms": _alarms() if ready else None,
    }
    return jsonify(told), 200 if ready else 503


def _alarms() -> list[str]:
    return [alarm.kind for alarm in reading.look(host.session(), clock.now()).alarms]


def _database() -> str:
    try:
        return "ok" if migrate.is_current(host.engine()) else "not migrated"
    except SQLAlchemyError:
        log.warning("the database cannot be reached", exc_info=True)
        return "unreachable"
