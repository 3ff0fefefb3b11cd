"""The list of findings, the button that mends one, and putting one aside with a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kits import clock
from kits.errors import BadInput, NotFound, RefilleryError
from kits.host import end_reads, session
from shop.admin.door import actor
from shop.admin.orders.forms import an_id
from shop.admin.reconciliation import lists
from shop.reconciliation import keeping, telling
from shop.reconciliation.kinds import KINDS
from shop.reconciliation.mending import repairing


def reconciliation() -> str:
    """What was found, the open ones first; `?state=open` picks those, `?before=` goes on."""
    return _page()


def repair(finding_id: int) -> Response | tuple[str, int]:
    """Mend it by the way of its kind."""
    sure = request.form.get("sure") == "yes"
    return _acted(finding_id, partial(repairing.repair, finding_id, sure=sure))


def look_into(finding_id: int) -> Response | tuple[str, int]:
    """Put it aside with a reason."""
    reason = request.form.get("reason", "")
    return _acted(finding_id, partial(repairing.look_into, finding_id, reason=reason))


def _acted(finding_id: int, act: Callable[..., None]) -> Response | tuple[str, int]:
    try:
        act(actor=actor(), now=clock.now())
    except NotFound:
        raise
    except BadInput as error:
        end_reads()
        return _page(finding_id, {error.field: error.message}), 422
    except RefilleryError as error:
        end_reads()
        return _page(finding_id, {"repair": str(error)}), 409
    state = request.form.get("state") or None
    return redirect(url_for("refillery_admin.reconciliation", state=state, _anchor=f"finding-{finding_id}"), 303)


def _page(of: int | None = None, errors: Mapping[str, str] | None = None) -> str:
    """The list; `errors` stand at the finding `of`, which is shown whatever page it is on."""
    only_open, current = request.values.get("state", "") == "open", session()
    found = lists.findings(current, only_open=only_open, before=an_id(request.args.get("before", "")))
    page = found[: lists.A_PAGE]
    return render_template(
        "shop/admin/reconciliation/list.html",
        findings=[(each, KINDS[each.kind], telling.means(each), telling.advice(each)) for each in page],
        more=page[-1].id if len(found) > len(page) else None,
        only_open=only_open,
        count=keeping.count_open(current),
        last=lists.last(current),
        of=of,
        errors=errors or {},
        reason=request.form.get("reason", ""),
    )


ROUTES = (
    ("/reconciliation", "reconciliation", reconciliation, ["GET"]),
    ("/reconciliation/<int:finding_id>/repair", "finding_repair", repair, ["POST"]),
    ("/reconciliation/<int:finding_id>/look-into", "finding_look_into", look_into, ["POST"]),
)
