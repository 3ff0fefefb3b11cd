"""Response headers: a strict Content-Security-Policy, no sniffing, no leaking of links, no keeping of pages."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response

from kits.settings import gateway_is_sandbox, setting

CHECKOUT = "https://checkout.stripe.com"
OURS_ONLY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'"
)

A_MAIL = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox"
)
"""A mail's own HTML, whose styles stand inline: no script, no form, no picture from elsewhere, an origin of its own."""


def add(response: Response) -> Response:
    """Add our headers; a view that set its own Cache-Control or policy keeps it."""
    response.headers.setdefault("Content-Security-Policy", content_security_policy())
    response.headers["X-Content-Type-Options"] = "nosniff"
    # Order and sign-in links carry tokens in their path.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def content_security_policy() -> str:
    """The policy; browsers hold a form's redirects to `form-action` too, so the checkout's host is in it."""
    return f"{OURS_ONLY}; form-action 'self' {_checkout_origin()}; frame-ancestors 'none'; base-uri 'none'"


def of_a_mail(response: Response) -> Response:
    """A mail's HTML, to be shown in a frame of a page of ours and nowhere else."""
    response.headers["Content-Security-Policy"] = A_MAIL
    return response


def with_a_frame(response: Response) -> Response:
    """A page of ours that shows a mail in a frame."""
    response.headers["Content-Security-Policy"] = f"{content_security_policy()}; frame-src 'self'"
    return response


def _checkout_origin() -> str:
    if not gateway_is_sandbox():
        return CHECKOUT
    base = urlsplit(setting("STRIPE_API_BASE"))
    return f"{base.scheme}://{base.netloc}"
