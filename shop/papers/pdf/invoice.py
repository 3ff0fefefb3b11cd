"""Invoices and credit notes as PDF, from what they said when they were issued."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, cast

from kits.money import Money
from shop.papers.said import FULL, PLAIN, Said, SaidLine, Trader, percent
from shop.papers.tables import CREDIT_NOTE, Document

if TYPE_CHECKING:
    from shop.papers.pdf.sheet import Sheet

WITH_VAT = ("What", "Units", "Each, without VAT", "VAT rate", "Without VAT", "VAT", "With VAT")
WIDE = (38, 12, 22, 13, 22, 20, 22)
NARROW = (60, 10, 25, 25)


def invoice_pdf(document: Document, *, shop: str) -> bytes:
    """The PDF of an invoice or a credit note; `shop` is the name beside our mark. The same bytes every time."""
    from shop.papers.pdf.sheet import Sheet  # a third of a second, for whoever makes a paper

    says = cast(Said, document.snapshot)
    sheet = Sheet(
        shop=shop,
        title=_title(document, says),
        subtitle=document.code,
        foot=foot(says["trader"]),
        made_at=document.issued_at,
    )
    sheet.blocks("For", _for(document), _facts(document, says))
    sheet.blocks("From", _from(says["trader"]), [])
    _lines(sheet, says)
    sheet.sums(_sums(document, says))
    for note in _notes(document, says):
        sheet.note(note)
    return bytes(sheet.output())


def foot(trader: Trader) -> list[str]:
    """Who trades, for the end of a page."""
    numbers = [
        f"Company number {trader['company_number']}" if trader["company_number"] else "",
        f"VAT number {trader['vat_number']}" if trader["vat_number"] else "",
    ]
    parts = (
        [trader["name"], *trader["address"].splitlines()],
        numbers,
        [trader["email"], trader["phone"]],
    )
    return [line for part in parts if (line := " · ".join(each.strip() for each in part if each.strip()))]


def written_day(iso: str) -> str:
    """A day as a paper writes it: `4 January 2027`."""
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"


def _title(document: Document, says: Said) -> str:
    name = "Credit note" if document.kind == CREDIT_NOTE else "Invoice"
    return name if says["form"] == PLAIN else f"VAT {name[0].lower()}{name[1:]}"


def _facts(document: Document, says: Said) -> list[tuple[str, str]]:
    facts = [("Date", written_day(says["issued_on"]))]
    if "credits" in says:
        credited = says["credits"]
        facts += [("Credits invoice", f"{credited['invoice']}, {written_day(credited['issued_on'])}")]
        facts += [("Reason", credited["reason"])]
    else:
        facts += [("Date of supply", written_day(says["supplied_on"])), ("Paid by", says["paid_by"])]
    return [*facts, ("Order", says["order"])]


def _for(document: Document) -> Sequence[str]:
    buyer = document.buyer
    return [buyer.name, *buyer.address] if buyer else ["Taken away: the law no longer asks us to keep it"]


def _from(trader: Trader) -> Sequence[str]:
    vat = f"VAT number {trader['vat_number']}" if trader["vat_number"] else ""
    return [trader["name"], *trader["address"].splitlines()[:5], vat]


def _lines(sheet: Sheet, says: Said) -> None:
    if says["form"] == FULL:
        sheet.table(WIDE, WITH_VAT, [_full(sheet, says, line) for line in says["lines"]])
    else:
        sheet.table(NARROW, ("What", "Units", "Each", "Amount"), [_short(sheet, says, line) for line in says["lines"]])


def _full(sheet: Sheet, says: Said, line: SaidLine) -> list[str]:
    amounts = (line["unit"] - line["unit_vat"], line["gross"] - line["vat"], line["vat"], line["gross"])
    each, net, vat, gross = (_money(amount, says) for amount in amounts)
    return [_what(sheet, says, line), str(line["quantity"]), each, percent(says["rate"] or 0), net, vat, gross]


def _short(sheet: Sheet, says: Said, line: SaidLine) -> list[str]:
    return [
        _what(sheet, says, line),
        str(line["quantity"]),
        _money(line["unit"], says),
        _money(line["gross"], says),
    ]


def _what(sheet: Sheet, says: Said, line: SaidLine) -> str:
    what = sheet.plain(line["what"])[:600]
    if not line["discount"]:
        return what
    discount = sheet.plain(f"Less discount {says['discount_code'] or ''}")
    return f"{what}\n{discount}: {_money(line['discount'], says)}"


def _sums(document: Document, says: Said) -> list[tuple[str, str]]:
    total = "Credited" if document.kind == CREDIT_NOTE else "Total"
    gross, vat = says["gross"], says["vat"]
    if says["rate"] is None:
        return [(total, _money(gross, says))]
    with_vat = (f"{total}, with VAT", _money(gross, says))
    if says["form"] == FULL:
        net = ("Total without VAT", _money(gross - vat, says))
        return [net, (f"VAT at {percent(says['rate'])}", _money(vat, says)), with_vat]
    return [(f"VAT at {percent(says['rate'])}, included", _money(vat, says)), with_vat]


def _notes(document: Document, says: Said) -> list[str]:
    notes = []
    if document.kind == CREDIT_NOTE:
        notes += ["The amount went back the way it was paid."]
    else:
        notes += ["Paid in full. Nothing is due."]
    if says["rate"] is None:
        notes += [f"{says['trader']['name']} is not registered for VAT: no VAT is charged."]
    elif says["form"] == FULL:
        notes += ["Prices are set with VAT, and the VAT in each line is rounded to the nearest penny."]
    return notes


def _money(amount: int, says: Said) -> str:
    return str(Money(amount, says["currency"]))
