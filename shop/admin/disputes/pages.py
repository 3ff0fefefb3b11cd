"""The list of disputed payments, and one page with the evidence at hand for each."""

from __future__ import annotations

from flask import render_template
from markupsafe import Markup

from kits import clock
from kits.host import session
from shop.admin.disputes.evidence import gather, listed, since, standing
from shop.registers import registers


def disputes() -> str:
    """Payments that are disputed, or that a bank warned of, the newest first."""
    rows = [(payment, standing(payment), since(payment)) for payment in listed(session())]
    return render_template("shop/admin/disputes/list.html", rows=rows)


def dispute(payment_id: int) -> str:
    """One payment: how it stands, what to do, and all that answers the bank's questions."""
    now = clock.now()
    found = gather(session(), payment_id)
    sections = [Markup(each(found.payment, now)) for each in registers().dispute_sections]  # noqa: S704 - its contract
    return render_template(
        "shop/admin/disputes/one.html",
        found=found,
        payment=found.payment,
        order=found.order,
        standing=standing(found.payment),
        sections=sections,
    )


ROUTES = (
    ("/disputes", "disputes", disputes, ["GET"]),
    ("/disputes/<int:payment_id>", "dispute", dispute, ["GET"]),
)
