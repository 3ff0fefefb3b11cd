"""Probes: is it up, is it ready, how much is waiting."""

from __future__ import annotations

from flask import Blueprint


def blueprint() -> Blueprint:
    """`/healthz`, `/readyz` and `/metrics`."""
    from shop.doors import guard
    from shop.probes import health, metrics

    made = Blueprint("refillery_probes", __name__)
    guard(made, csrf=False, limit=None)
    made.get("/healthz")(health.healthz)
    made.get("/readyz")(health.readyz)
    made.get("/metrics")(metrics.metrics)
    return made
