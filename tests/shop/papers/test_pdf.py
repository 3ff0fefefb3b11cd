"""Papers as PDF: the same bytes every time, and set whatever they have to hold."""

from __future__ import annotations

import io
import string
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fontTools.pens.recordingPen import RecordingPen
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from shop.orders.tables import Order
from shop.papers.pdf.invoice import invoice_pdf
from shop.papers.pdf.packing_slip import SlipLine, packing_slip_pdf
from shop.papers.pdf.sheet import FONTS, UNKNOWN, Sheet
from shop.papers.said import Said, SaidLine, Trader
from shop.papers.tables import Document, DocumentBuyer
from shop.selling.vat import vat_in
from tests.shop.papers.conftest import text_of

ISSUED = datetime(2027, 1, 4, 9, tzinfo=UTC)
TRADER = Trader(
    name="Refillery Ltd", address="12 Sample Street\nLondon SE1 6HA", email="help@refillery.example",
    phone="020 7946 0000", company_number="01234567", vat_number="GB123456789",
)  # fmt: skip
ADA = ("Ada Lovelace", ["1 High Street", "London N1 1AA", "United Kingdom"])
SHAPES = settings(max_examples=10, deadline=None)
TEXTS = st.text(max_size=200) | st.text("漢字 😀שלוםПриветΕλλάδα\u202e\ud800", max_size=60) | st.just("x" * 400)


def line(what: str = "Mesotherapy kit", quantity: int = 1, unit: int = 8900, discount: int = 0) -> SaidLine:
    gross = unit * quantity - discount
    each, vat = vat_in(unit, 200), vat_in(gross, 200)
    return SaidLine(what=what, quantity=quantity, unit=unit, unit_vat=each, discount=discount, gross=gross, vat=vat)


def document(*lines: SaidLine, buyer: tuple[str, list[str]] = ADA, kind: str = "invoice", **changed: Any) -> Document:
    """A document as it is read from its table."""
    lines = lines or (line(),)
    says = Said(
        form="simplified", trader=TRADER, order="R-ABCDE-FGHJK", currency="GBP", issued_on="2027-01-04",
        supplied_on="2027-01-03", paid_by="Visa ending in 4242", lines=list(lines), discount_code="SPRING", rate=200,
        gross=sum(each["gross"] for each in lines), vat=sum(each["vat"] for each in lines),
    )  # fmt: skip
    made = Document(kind=kind, number=123, issued_at=ISSUED, snapshot={**says, **changed})
    made.buyer = DocumentBuyer(name=buyer[0], address=buyer[1])
    return made


def said(made: Document) -> str:
    return text_of(invoice_pdf(made, shop="Refillery"))


def slip(*packed: SlipLine, name: str = "Ada Lovelace", parcel: int | None = 1) -> bytes:
    order = SimpleNamespace(
        number="R-ABCDE-FGHJK", name=name, line1="1 High Street", line2="", city="London", postcode="N1 1AA",
        country="GB", made_at=ISSUED, shipping_method="Tracked 48",
    )  # fmt: skip
    return packing_slip_pdf(
        cast(Order, order),
        packed,
        ordered="Mon 4 January 2027",
        parcel=parcel,
        trader=TRADER,
        shop="Refillery",
        made_at=ISSUED,
    )


@contextmanager
def as_today(monkeypatch: pytest.MonkeyPatch, moment: float) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setattr("time.time", lambda: moment)
        yield


def test_a_full_invoice_states_what_section_16_3_asks_for() -> None:
    words = said(document(line(quantity=3, discount=2670), line("Delivery", unit=395), form="full"))
    for fact in (
        "VAT invoice INV-000123", "Date 4 January 2027", "Date of supply 3 January 2027", "Refillery Ltd",
        "12 Sample Street", "VAT number GB123456789", "Ada Lovelace", "1 High Street", "London N1 1AA",
        "Mesotherapy kit", "3 £74.17 20% £200.25 £40.05 £240.30", "Less discount SPRING: £26.70", "Without VAT",
        "Total without VAT £203.54", "VAT at 20% £40.71", "Total, with VAT £244.25",
    ):  # fmt: skip
        assert fact in words, (fact, words)


def test_a_simplified_invoice_states_what_section_16_6_asks_for() -> None:
    words = said(document())
    for fact in ("Refillery Ltd", "12 Sample Street", "VAT number GB123456789", "Date of supply 3 January 2027",
                 "Mesotherapy kit", "Total, with VAT £89.00", "VAT at 20%, included £14.83"):  # fmt: skip
        assert fact in words, (fact, words)
    assert "Without VAT" not in words


def test_a_shop_that_is_not_registered_says_so_and_names_no_vat() -> None:
    words = said(document(form="plain", rate=None, vat=0, trader={**TRADER, "vat_number": ""}))
    assert "Refillery Ltd is not registered for VAT: no VAT is charged." in words
    assert "Invoice INV-000123" in words
    assert "VAT invoice" not in words
    assert "VAT number" not in words


def test_a_credit_note_names_its_invoice_and_why_money_went_back() -> None:
    credited = {"invoice": "INV-000007", "issued_on": "2026-12-30", "reason": "a dent"}
    words = said(document(kind="credit_note", credits=credited))
    for fact in ("VAT credit note CN-000123", "INV-000007, 30 December 2026", "a dent", "Credited, with VAT £89.00"):
        assert fact in words, (fact, words)
    assert "Nothing is due" not in words


def test_a_packing_slip_names_lots_and_no_price() -> None:
    words = text_of(slip(SlipLine("Serum", "S-0611, good until Sun 4 April 2027", 2)))
    for fact in ("Packing slip", "Order R-ABCDE-FGHJK, parcel 1", "Ada Lovelace", "☐ Serum S-0611", "Tracked 48"):
        assert fact in words, (fact, words)
    assert "£" not in words


def test_the_same_document_makes_the_same_bytes_whenever_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    made = document()
    first = invoice_pdf(made, shop="Refillery"), slip(SlipLine("Serum", "S-1", 1))
    with as_today(monkeypatch, 4e9):
        assert (invoice_pdf(made, shop="Refillery"), slip(SlipLine("Serum", "S-1", 1))) == first


def test_a_pdf_tells_its_title_its_language_and_brings_its_fonts() -> None:
    read = PdfReader(io.BytesIO(invoice_pdf(document(), shop="Refillery")))
    assert read.metadata is not None
    assert (read.metadata.title, read.metadata.author) == ("VAT invoice INV-000123", "Refillery")
    assert read.root_object["/Lang"] == "en-GB"
    assert read.root_object["/ViewerPreferences"]["/DisplayDocTitle"]
    fonts = [font.get_object() for font in read.pages[0]["/Resources"]["/Font"].values()]
    assert fonts
    assert all("FontFile2" in str(font["/DescendantFonts"][0].get_object()["/FontDescriptor"]) for font in fonts)


def test_many_lines_go_on_over_pages_that_repeat_what_they_are() -> None:
    read = PdfReader(
        io.BytesIO(invoice_pdf(document(*(line(f"Kit {n}") for n in range(90)), form="full"), shop="Refillery"))
    )
    pages = [" ".join(page.extract_text().split()) for page in read.pages]
    assert len(pages) > 2
    assert all("Without VAT" in page for page in pages[1:-1])
    assert [page.count("Refillery · VAT invoice INV-000123") for page in pages] == [0] + [1] * (len(pages) - 1)
    assert f"Page 2 of {len(pages)}" in pages[1]
    words = " ".join(pages)
    assert [number for number in range(90) if f"Kit {number} " not in words] == []


@SHAPES
@given(
    paper=st.sampled_from(["full", "simplified", "credit note", "slip"]),
    texts=st.lists(TEXTS, min_size=7, max_size=7), lines=st.integers(1, 12), amount=st.integers(1, 10**9),
)  # fmt: skip
def test_any_words_can_be_set(paper: str, texts: list[str], lines: int, amount: int) -> None:
    name, street, city, what, trader, reason, shop = texts
    if paper == "slip":
        text_of(slip(*[SlipLine(what, city, 1)] * lines, name=name, parcel=None))
        return
    sold = [line(what, quantity=1 + n, unit=amount, discount=n % 2) for n in range(lines)]
    told: dict[str, Any] = {"trader": {**TRADER, "name": trader, "address": f"{street}\n{city}" * 3}}
    if paper == "credit note":
        told |= {"credits": {"invoice": "INV-000001", "issued_on": "2027-01-04", "reason": reason}}
    made = document(*sold, buyer=(name, [street, city] * 4), form="full" if paper == "full" else "simplified", **told)
    text_of(invoice_pdf(made, shop=shop))


WORDS = st.text("abcdefgzäöüßéñçœžøł ПриветмирЕλλάδα£€’–", min_size=1, max_size=30).filter(str.strip)


@SHAPES
@given(name=WORDS, street=WORDS, what=WORDS)
def test_words_in_any_left_to_right_script_of_the_font_are_found_again(name: str, street: str, what: str) -> None:
    words = said(document(line(what), buyer=(name, [street])))
    assert [each for each in (name, street, what) if " ".join(each.split()) not in words] == []


@pytest.mark.parametrize("name", ["DejaVuSans", "DejaVuSans-Bold"])
def test_the_cut_font_draws_latin_letters_as_the_whole_one_does(name: str) -> None:
    cut, font = TTFont(FONTS / f"{name}-Latin.ttf"), TTFont(FONTS / f"{name}.ttf")
    known, glyphs, whole_glyphs = cut.getBestCmap(), cut.getGlyphSet(), font.getGlyphSet()
    assert set(map(ord, string.printable.split()[0] + "£€ÄÖÜäöüßéñçœžøłŁőŵ☐□’–…·")) <= set(known)
    for sign, glyph in known.items():
        pens = RecordingPen(), RecordingPen()
        glyphs[glyph].draw(pens[0])
        whole_glyphs[glyph].draw(pens[1])
        assert (glyphs[glyph].width, pens[0].value) == (whole_glyphs[glyph].width, pens[1].value), chr(sign)


def test_only_a_paper_that_needs_the_whole_font_reads_it() -> None:
    def fonts(name: str) -> int:
        read = PdfReader(io.BytesIO(invoice_pdf(document(buyer=(name, ADA[1])), shop="Refillery")))
        return len(read.pages[0]["/Resources"]["/Font"])

    assert fonts("Łukasz Müller") == 2
    assert fonts("Анна Müller") > 2


def test_a_sign_the_font_does_not_have_is_a_square_and_no_gap() -> None:
    sheet = Sheet(shop="", title="", subtitle="", foot=[], made_at=ISSUED)
    assert sheet.plain("a漢b\n\tc\ud800\x00") == f"a{UNKNOWN}b c{UNKNOWN}{UNKNOWN}"
    assert sheet.plain("£ € 😀") == "£ € 😀"


def test_a_paper_without_words_is_one_all_the_same() -> None:
    said(document(line(""), buyer=("", []), trader=dict.fromkeys(TRADER, ""), paid_by=""))
    assert text_of(slip()).startswith("Refillery Packing slip")
