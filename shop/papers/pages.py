"""An order's papers by its unguessable link. HTTP only."""

from __future__ import annotations

from flask import Response

from kits import clock
from kits.errors import NotFound
from kits.host import end_reads, session
from kits.settings import setting
from shop.orders.find import order_by_token
from shop.orders.tables import Order
from shop.papers.issuing import catch_up, papers_of
from shop.papers.pdf.invoice import invoice_pdf
from shop.papers.tables import CREDIT_NOTE, INVOICE, Document


def invoice(token: str) -> Response:
    """The invoice as PDF; an order that was paid before papers were kept gets its number now."""
    return invoice_of(order_by_token(session(), token))


def credit_note(token: str, number: int) -> Response:
    """A credit note of the order, by its number."""
    found = papers_of(session(), order_by_token(session(), token).id)
    notes = [paper for paper in found if (paper.kind, paper.number) == (CREDIT_NOTE, number)]
    if not notes:
        raise NotFound("There is no such credit note for this order.")
    return shown(notes[0])


def invoice_of(order: Order) -> Response:
    """The invoice of an order as PDF; raises NotFound while it is not paid."""
    order_id = order.id
    found = _invoice(order_id)
    if found is None:
        end_reads()
        catch_up(order_id, now=clock.now())
        found = _invoice(order_id)
    if found is None:
        raise NotFound("There is no invoice for this order.")
    return shown(found)


def shown(document: Document) -> Response:
    """A document as a PDF that the browser shows."""
    return pdf(invoice_pdf(document, shop=str(setting("NAME"))), document.code)


def pdf(content: bytes, name: str) -> Response:
    """A PDF that the browser shows, and saves as `<name>.pdf`."""
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "X-Robots-Tag": "noindex"}
    return Response(content, mimetype="application/pdf", headers=headers)


def _invoice(order_id: int) -> Document | None:
    return next((paper for paper in papers_of(session(), order_id) if paper.kind == INVOICE), None)


ROUTES = (
    ("/orders/<token>/invoice.pdf", "invoice", invoice, ["GET"]),
    ("/orders/<token>/credit-notes/<int:number>.pdf", "credit_note", credit_note, ["GET"]),
)
