"""A host's own small app with one blueprint of ours behind the doors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Blueprint, Flask, redirect, render_template_string

from kits import Kits
from shop.doors import guard

FORM = "{{ csrf_token() }}"


def _blueprint(**options: Any) -> Blueprint:
    made = Blueprint("behind", __name__)
    guard(made, **{"limit": None, **options})
    made.get("/form", endpoint="form")(lambda: render_template_string(FORM))
    made.post("/form", endpoint="sent")(lambda: "taken")
    made.get("/away", endpoint="away")(lambda: redirect("https://elsewhere.example/"))
    return made


@pytest.fixture
def host_app() -> Callable[..., Flask]:
    """Makes a host with a page of its own at /own; `options` are the guard's."""

    def make(config: dict[str, Any] | None = None, **options: Any) -> Flask:
        app = Flask("host")
        app.config.update(SECRET_KEY="host", TESTING=True, **(config or {}))
        Kits(app)
        app.register_blueprint(_blueprint(**options))
        app.route("/own", methods=["GET", "POST"])(lambda: "the host's")
        return app

    return make
