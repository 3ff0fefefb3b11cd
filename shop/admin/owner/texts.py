"""The texts of the shop's pages: which version each shows, writing the next, looking at old ones, undoing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kits import clock
from kits.catalogue.tables import Kit
from kits.errors import BadInput, NotFound, WrongState
from kits.host import end_reads, session
from shop.admin.door import actor
from shop.admin.notices.difference import SAME, Line, Piece, difference
from shop.admin.owner.forms import PageForm
from shop.admin.stock.ledger.words import who
from shop.owner import facts, pages
from shop.owner.blanks import ADDRESSES, DRAWINGS, FACTS
from shop.owner.claims import claims
from shop.owner.pages import PAGES, PageText
from shop.storefront.forms import Wrong, sentences, taken
from shop.storefront.pages import laid_out

AROUND = 4
"""So many lines stand around one that changed; every other is empty in Markdown."""
LONGEST_LINE, MOST_LINES = 4_000, 1_000
"""What is longer takes too long to compare word by word."""
Answer = Response | str | tuple[str, int]


def listed() -> str:
    """Every page with the version it shows, and every kit."""
    current = session()
    found = [pages.current(current, page) for page in PAGES]
    return render_template(
        "shop/admin/owner/texts.html",
        pages=found,
        who=who(current, [text.published_by for text in found]),
        kits=current.query(Kit).order_by(Kit.name, Kit.id).all(),
    )


def write(page: str) -> str:
    """The form with the text that the page shows; `?of=` starts from another version's."""
    shown = pages.current(session(), page)
    start = version_of(page, request.args["of"]) if "of" in request.args else shown
    values = {"title": start.title, "text": start.text, "instead_of": shown.version}
    return _page(shown, values, {}, said=request.args.get("said", ""))


def written(page: str) -> Answer:
    """Show what was typed, or publish it."""
    try:
        read = taken(PageForm, request.form)
        if read["step"] == "publish":
            return _publish(page, read["title"], read["text"], read["instead_of"])
        made = pages.draft(page, read["title"], read["text"])
    except (Wrong, BadInput) as error:
        end_reads()
        return _page(pages.current(session(), page), request.form, sentences(error)), 422
    except WrongState as error:
        end_reads()
        shown = pages.current(session(), page)
        return _page(shown, {**request.form, "instead_of": shown.version}, {"text": str(error)}), 409
    return _page(pages.current(session(), page), request.form, {}, made)


def version(page: str, number: str) -> str:
    """One version: as people saw it, and what it changed."""
    known = pages.versions(session(), page)
    found = _among(known, number)
    before = known[known.index(found) + 1] if found is not known[-1] else None
    return render_template(
        "shop/admin/owner/version.html",
        shown=known[0],
        version=found,
        before=before,
        lines=compared(before.text, found.text) if before else [],
        who=who(session(), [found.published_by]),
        **laid_out(found, facts.shown()),
    )


def again(page: str, number: str) -> Answer:
    """Publish an older version again."""
    found = version_of(page, number)
    return _publish(page, found.title, found.text, request.form.get("instead_of"))


def version_of(page: str, number: str) -> PageText:
    """A version by its number, `0` for the text that we ship; raises NotFound."""
    return _among(pages.versions(session(), page), number)


def compared(old: str, new: str) -> list[Line] | None:
    """What changed, with the lines around it; None when it is too much to compare."""
    lines = [*old.splitlines(), *new.splitlines()]
    small = len(lines) <= MOST_LINES and max(map(len, lines), default=0) <= LONGEST_LINE
    return list(_near(difference(old, new))) if small else None


def _near(lines: list[Line]) -> Iterator[Line]:
    """The lines that changed and the few around each; a line of dots for what is left out between them."""
    changed = [place for place, line in enumerate(lines) if line.kind != SAME]
    near = sorted({each for place in changed for each in range(place - AROUND, place + AROUND + 1)})
    before = -1
    for place in (each for each in near if 0 <= each < len(lines)):
        if place > before + 1:
            yield Line(SAME, (Piece(SAME, "…"),))
        yield lines[place]
        before = place


def _among(known: list[PageText], number: str) -> PageText:
    found = next((each for each in known if each.version == number), None)
    if found is None:
        raise NotFound("There is no such version.")
    return found


def _publish(page: str, title: str, text: str, instead_of: str | None) -> Response:
    end_reads()
    pages.publish(page, title, text, actor=actor(), now=clock.now(), instead_of=instead_of or None)
    return redirect(url_for("refillery_admin.write_text", page=page, said="published"), 303)


def _page(
    shown: PageText, values: Mapping[str, Any], errors: dict[str, str], made: PageText | None = None, said: str = ""
) -> str:
    preview = {} if made is None else laid_out(made, facts.shown())
    known = pages.versions(session(), shown.page)
    return render_template(
        "shop/admin/owner/text.html",
        shown=shown,
        versions=known,
        who=who(session(), [each.published_by for each in known]),
        values=values,
        errors=errors,
        said=said,
        made=made,
        lines=compared(shown.text, made.text) if made else [],
        claimed=claims(f"{made.title}\n{made.text}") if made else [],
        blanks={**FACTS, **dict.fromkeys(ADDRESSES, "the address of that page")},
        drawings=DRAWINGS,
        longest=pages.LONGEST_TEXT,
        longest_title=pages.LONGEST_TITLE,
        **preview,
    )


ROUTES = (
    ("/texts", "texts", listed, ["GET"]),
    ("/texts/<page>", "write_text", write, ["GET"]),
    ("/texts/<page>", "publish_text", written, ["POST"]),
    ("/texts/<page>/<number>", "text_version", version, ["GET"]),
    ("/texts/<page>/<number>", "text_again", again, ["POST"]),
)
