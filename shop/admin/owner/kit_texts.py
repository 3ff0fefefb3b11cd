"""What a kit's page says of it, and whether it is on sale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kits import clock
from kits.catalogue import kit_texts, needles
from kits.catalogue.kit_texts import LONGEST, KitTexts, any_kit, texts_of
from kits.catalogue.results_line import results_line
from kits.errors import BadInput, WrongState
from kits.host import end_reads, session
from shop.admin.door import actor
from shop.admin.owner.forms import KitTextsForm, SaleForm
from shop.admin.owner.texts import compared
from shop.owner.claims import claims
from shop.storefront.forms import Wrong, sentences, taken

Answer = Response | str | tuple[str, int]


def write(kit: str) -> str:
    """The form with the texts as they stand."""
    found = texts_of(any_kit(session(), kit))
    return _page(kit, {**asdict(found), "seen": found.digest}, {}, said=request.args.get("said", ""))


def written(kit: str) -> Answer:
    """Show what was typed, or save it."""
    try:
        read = taken(KitTextsForm, request.form)
        wanted = KitTexts(**{name: read[name].replace("\r\n", "\n").strip() for name in LONGEST})
        kit_texts.check(wanted)
        if read["step"] == "save":
            changed = kit_texts.change(kit, wanted, seen=read["seen"], actor=actor(), now=clock.now())
            return _back(kit, "saved" if changed else "same")
    except (Wrong, BadInput) as error:
        end_reads()
        return _page(kit, request.form, sentences(error)), 422
    except WrongState as error:
        end_reads()
        seen = texts_of(any_kit(session(), kit)).digest
        return _page(kit, {**request.form, "seen": seen}, {"summary": str(error)}), 409
    return _page(kit, request.form, {}, wanted)


def sale(kit: str) -> Answer:
    """Put it on sale, or take it off."""
    try:
        wanted = taken(SaleForm, request.form)["published"]
        act = kit_texts.put_on_sale if wanted else kit_texts.take_off_sale
        act(kit, actor=actor(), now=clock.now())
    except (Wrong, BadInput) as error:
        end_reads()
        found = texts_of(any_kit(session(), kit))
        return _page(kit, {**asdict(found), "seen": found.digest}, sentences(error)), 422
    return _back(kit, "on sale" if wanted else "off sale")


def _back(kit: str, said: str) -> Response:
    return redirect(url_for("refillery_admin.kit_texts", kit=kit, said=said), 303)


def _page(
    kit: str, values: Mapping[str, Any], errors: dict[str, str], made: KitTexts | None = None, said: str = ""
) -> str:
    row = any_kit(session(), kit)
    before, new = asdict(texts_of(row)), asdict(made) if made else {}
    return render_template(
        "shop/admin/owner/kit_texts.html",
        kit=row,
        values=values,
        errors=errors,
        said=said,
        made=made,
        longest=LONGEST,
        too_long=row.needle_um > needles.limit(),
        needle=needles.written(row.needle_um),
        results=results_line(made.results) if made else None,
        changes={name: compared(before[name], text) for name, text in new.items() if text != before[name]},
        claimed=claims("\n".join(new.values())),
    )


ROUTES = (
    ("/kit-texts/<kit>", "kit_texts", write, ["GET"]),
    ("/kit-texts/<kit>", "save_kit_texts", written, ["POST"]),
    ("/kit-texts/<kit>/sale", "kit_sale", sale, ["POST"]),
)
