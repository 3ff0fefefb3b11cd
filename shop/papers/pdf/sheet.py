"""The sheet our papers are set on: A4, our mark and fonts, a footer with the trader and the page's number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from fpdf import FPDF, FontFace
from fpdf.enums import Align
from fpdf.prefs import ViewerPreferences

from shop.templating import STATIC

FONTS = Path(__file__).parent / "fonts"
FAMILY, WHOLE = "dejavu", "dejavu-whole"
"""Nearly all papers need Latin letters only, and to read the whole font takes longer than to set a paper.

The files of Latin letters are cut from the whole ones: `pyftsubset --glyph-names --notdef-outline
--recommended-glyphs --layout-features= --drop-tables+=GDEF,GPOS,GSUB,MATH,FFTM,kern --unicodes=U+20-7E,U+A0-24F,`
`U+1E80-1E85,U+1E9E,U+2010-2027,U+2030,U+2039,U+203A,U+20AC,U+2116,U+2122,U+2190,U+2192,U+2212,U+25A1,U+2610`.
"""
MARGIN, FOOT = 20.0, 26.0
"""Millimetres, as all lengths here."""
INK, SOFT, RULE, ACCENT, TINT = (29, 36, 35), (85, 96, 94), (206, 203, 196), (15, 92, 87), (241, 246, 245)
UNKNOWN = "\N{WHITE SQUARE}"
"""Stands where our font has no sign."""
LONGEST_LINE, MOST_LINES = 240, 8
COLUMN = 78.0


class Sheet(FPDF):
    """An A4 paper that begins with `title`; `foot` stands at the end of each page."""

    def __init__(self, *, shop: str, title: str, subtitle: str, foot: Sequence[str], made_at: datetime) -> None:
        super().__init__(format="A4")
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(True, FOOT)
        self._bring(FAMILY, "-Latin")
        self.c_margin = 0
        self._shop, self._name, self._foot = self.plain(shop), self.plain(f"{title} {subtitle}".strip()), foot
        self._describe(made_at)
        self.add_page()
        self._begin(title, subtitle)

    def plain(self, text: str) -> str:
        """`text` in one line, with a square for each sign that our font does not have."""
        words = " ".join(text.split())
        known = self._known(FAMILY)
        if any(ord(sign) not in known for sign in words):
            if f"{WHOLE}B" not in self.fonts:
                self._bring(WHOLE, "")
                self.set_fallback_fonts([WHOLE])
            known = self._known(WHOLE)
        return "".join(sign if ord(sign) in known else UNKNOWN for sign in words)

    def ink(self, size: float = 9.5, colour: tuple[int, int, int] = INK, *, bold: bool = False) -> None:
        """What is written next has this size (points), colour and weight."""
        self.set_font(FAMILY, "B" if bold else "", size)
        self.set_text_color(*colour)

    def rule(self) -> None:
        """A thin line from margin to margin."""
        self.set_draw_color(*RULE)
        self.set_line_width(0.2)
        self.line(self.l_margin, self.get_y(), self.w - self.r_margin, self.get_y())

    def header(self) -> None:
        """Later pages name the paper they belong to."""
        if self.page == 1:
            return
        self.ink(8.5, SOFT)
        self.cell(w=0, text=self._fitting(f"{self._shop} · {self._name}", self.epw), new_x="LMARGIN", new_y="NEXT", h=5)
        self.ln(5)

    def footer(self) -> None:
        """Who trades, and which page of how many this is."""
        self.set_y(-FOOT + 5)
        self.rule()
        self.ln(3)
        self.ink(7.5, SOFT)
        top = self.get_y()
        for line in self._foot[:3]:
            self.cell(w=self.epw - 30, h=3.8, text=self._fitting(line, self.epw - 30), new_x="LMARGIN", new_y="NEXT")
        # The alias gives way to a number that is narrower, so it is set as much further right.
        wider = self.get_string_width("{nb}") - self.get_string_width("1")
        self.set_xy(-self.r_margin - 30, top)
        self.cell(w=30 + wider, h=3.8, text=f"Page {self.page_no()} of {{nb}}", align=Align.R)

    def blocks(self, heading: str, lines: Sequence[str], facts: Sequence[tuple[str, str]]) -> None:
        """An address under its heading on the left, facts and what they are on the right."""
        top = self.get_y()
        self.ink(8.5, SOFT)
        self.cell(w=COLUMN, h=5, text=heading, new_x="LMARGIN", new_y="NEXT")
        for number, line in enumerate(self.lines_of(lines)):
            self.ink(bold=number == 0)
            self.multi_cell(w=COLUMN, h=5, text=line, align=Align.L, new_x="LMARGIN", new_y="NEXT")
        left, self.y = self.get_y(), top
        for what, fact in facts:
            self._fact(what, self.plain(fact)[:LONGEST_LINE])
        self.set_y(max(left, self.get_y()) + 8)

    def table(  # type: ignore[override]
        self, widths: Sequence[float], headings: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1
    ) -> None:
        """Rows under headings that each page repeats; the first `left` columns are set left, the others right."""
        self.ink()
        self.set_draw_color(*RULE)
        self.set_line_width(0.2)
        begun = partial(super().table, col_widths=tuple(widths), text_align=_aligned(len(widths), left))
        style = FontFace(emphasis="", color=SOFT, size_pt=8.5)
        with begun(
            borders_layout="HORIZONTAL_LINES", headings_style=style, line_height=5, padding=(2, 1.5), v_align="T"
        ) as made:
            for row in (headings, *rows):
                made.row([*row])
        self.rule()
        self.ln(5)

    def sums(self, rows: Sequence[tuple[str, str]]) -> None:
        """Amounts under one another on the right; the last one is what it comes to."""
        height = 6.5
        if self.will_page_break(height * len(rows) + 4):
            self.add_page()
        for number, (what, amount) in enumerate(rows, start=1):
            self.ink(11 if number == len(rows) else 9.5, bold=number == len(rows))
            self.set_x(-self.r_margin - 90)
            self.cell(w=55, h=height, text=self._fitting(what, 55), align=Align.R)
            self.cell(w=35, h=height, text=amount, align=Align.R, new_x="LMARGIN", new_y="NEXT")
        self.ln(6)

    def note(self, text: str, *, bold: bool = False) -> None:
        """A paragraph."""
        self.ink(9.5, INK if bold else SOFT, bold=bold)
        self.multi_cell(w=self.epw, h=5, text=self.plain(text), align=Align.L, new_x="LMARGIN", new_y="NEXT")
        self.ln(2)

    def lines_of(self, lines: Sequence[str]) -> list[str]:
        """Lines as they can be set: none empty, none endless, not too many."""
        found = [self.plain(line)[:LONGEST_LINE] for line in lines]
        return [line for line in found if line][:MOST_LINES]

    def _bring(self, family: str, part: str) -> None:
        self.add_font(family, "", FONTS / f"DejaVuSans{part}.ttf")
        self.add_font(family, "B", FONTS / f"DejaVuSans-Bold{part}.ttf")

    def _known(self, family: str) -> Mapping[int, str]:
        return self.fonts[family].cmap  # type: ignore[union-attr]

    def _describe(self, made_at: datetime) -> None:
        self.set_title(self._name)
        self.set_author(self._shop)
        self.set_lang("en-GB")
        self.set_creation_date(made_at)
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)

    def _begin(self, title: str, subtitle: str) -> None:
        self.image(STATIC / "icon.svg", x=MARGIN - 1, y=MARGIN - 1.5, w=9, alt_text=f"The mark of {self._shop}")
        self.set_xy(MARGIN + 10, MARGIN)
        self.ink(13, bold=True)
        self.cell(w=0, h=6, text=self._fitting(self._shop, self.epw - 10))
        self.set_xy(MARGIN, MARGIN + 18)
        self.ink(21, ACCENT, bold=True)
        self.cell(w=0, h=10, text=self._fitting(title, self.epw), new_x="LMARGIN", new_y="NEXT")
        self.ink(11, SOFT)
        self.cell(w=0, h=6, text=self._fitting(subtitle, self.epw), new_x="LMARGIN", new_y="NEXT")
        self.ln(8)

    def _fact(self, what: str, fact: str) -> None:
        self.set_x(-self.r_margin - COLUMN)
        self.ink(8.5, SOFT)
        self.cell(w=30, h=5, text=what)
        self.ink()
        self.multi_cell(w=COLUMN - 30, h=5, text=fact, align=Align.L, new_x="LMARGIN", new_y="NEXT")

    def _fitting(self, text: str, width: float) -> str:
        """`text` as far as it fits into one line."""
        text = self.plain(text)[:LONGEST_LINE]
        while text and self.get_string_width(text) > width:
            text = text[:-2].rstrip() + "…" if len(text) > 1 else ""
        return text


def _aligned(columns: int, left: int) -> tuple[Align, ...]:
    return (Align.L,) * left + (Align.R,) * (columns - left)
