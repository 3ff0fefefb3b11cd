"""The session cookie of the standalone shop. A host keeps its own."""

from __future__ import annotations

from flask import Flask

from kits.settings import gateway_is_sandbox


def standalone_cookies(app: Flask) -> None:
    """Make the session cookie HttpOnly, SameSite=Lax, and Secure unless the gateway is the sandbox.

    Call it after `Kits(app)`, which brings the defaults it reads.
    """
    with app.app_context():
        secure = not gateway_is_sandbox()
    app.config.update(
        SESSION_COOKIE_NAME="refillery",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
    )
