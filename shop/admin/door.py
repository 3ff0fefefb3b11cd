"""The admin's door: every page of a blueprint behind it is for staff."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, g, redirect, request, url_for
from werkzeug.wrappers import Response

from shop.customers.staff.members import current_staff
from shop.environment import standing
from shop.registers import registers
from shop.watching.reading import standing as alarms_standing


def staff_only(blueprint: Blueprint) -> None:
    """Send everyone else to the sign-in page, and give its templates the admin's menu and what is wrong."""
    blueprint.before_request(_ask)
    blueprint.context_processor(_menu)


def actor() -> str:
    """Who acts, for the ledger and the audit log."""
    return f"staff:{g.refillery_staff_id}"


def _ask() -> Response | None:
    member = current_staff()
    if member is None:
        return _sign_in_first()
    g.refillery_staff_id, g.refillery_staff_email = member.id, member.email
    return None


def _sign_in_first() -> Response:
    if "HX-Request" in request.headers:
        # A redirect would be followed by the script, and the sign-in page would land inside the page.
        here = urlsplit(request.headers.get("HX-Current-URL", ""))
        sign_in = url_for("refillery_staff.sign_in", next=f"{here.path}?{here.query}".rstrip("?") or None)
        return Response(status=401, headers={"HX-Redirect": sign_in})
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("refillery_staff.sign_in", next=wanted), 303)


def _menu() -> dict[str, Any]:
    ours = registers()
    return {
        "admin_pages": ours.admin_pages,
        "item_pages": ours.item_pages,
        "lot_pages": ours.lot_pages,
        "alarms": alarms_standing if "refillery_staff_id" in g else list,
        "environment_problem": standing.problem if "refillery_staff_id" in g else str,
        "staff_email": g.get("refillery_staff_email", ""),
    }
