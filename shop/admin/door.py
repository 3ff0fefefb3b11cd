"""The admin's door: every page of a blueprint behind it is for staff."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, redirect, request, url_for
from werkzeug.wrappers import Response

from shop.customers.staff import current_staff
from shop.registers import registers


def staff_only(blueprint: Blueprint) -> None:
    """Send everyone else to the sign-in page, and give its templates the admin's menu."""
    blueprint.before_request(_ask)
    blueprint.context_processor(_menu)


def actor() -> str:
    """Who acts, for the ledger and the audit log."""
    return f"staff:{g.refillery_staff_id}"


def _ask() -> Response | None:
    member = current_staff()
    if member is None:
        wanted = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("refillery_staff.sign_in", next=wanted), 303)
    g.refillery_staff_id, g.refillery_staff_email = member.id, member.email
    return None


def _menu() -> dict[str, Any]:
    return {"admin_pages": registers().admin_pages, "staff_email": g.get("refillery_staff_email", "")}
