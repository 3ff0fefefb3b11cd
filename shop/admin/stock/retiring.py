"""Retiring an item and bringing it back: what it means is shown first, and either undoes the other."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from kits import clock, host
from kits.catalogue import retiring
from kits.catalogue.kits import item_by_sku
from kits.catalogue.tables import Item, Kit, KitComponent
from kits.errors import BadInput, NotFound
from kits.stock.tables import Lot
from shop.admin.door import actor
from shop.storefront.forms import Form, Wrong, sentences, taken, words


class RetireForm(Form):
    """Which item is sent from now on; none when what is left is to be used up."""

    successor = words()


def ask(sku: str) -> str:
    """What retiring the item means; for a retired one how to bring it back."""
    return _page(sku, {})


def retire(sku: str) -> Response | tuple[str, int]:
    """Archive the item."""
    try:
        successor = taken(RetireForm, request.form)["successor"].strip()
        retiring.retire(sku, successor or None, actor=actor(), now=clock.now())
    except (Wrong, BadInput) as error:
        host.end_reads()
        return _page(sku, sentences(error)), 422
    except NotFound as error:
        host.end_reads()
        return _page(sku, {"successor": str(error)}), 422
    return _back(sku)


def bring_back(sku: str) -> Response:
    """Undo it."""
    retiring.bring_back(sku, actor=actor(), now=clock.now())
    return _back(sku)


def _back(sku: str) -> Response:
    return redirect(url_for("refillery_admin.retire", sku=sku), 303)


def _page(sku: str, errors: dict[str, str]) -> str:
    current = host.session()
    item = item_by_sku(current, sku)
    others = current.execute(
        select(Item.sku, Item.name).where(Item.retired_at.is_(None), Item.id != item.id).order_by(Item.sku)
    )
    kits = select(Kit.name).join(KitComponent, KitComponent.kit_id == Kit.id).where(KitComponent.item_id == item.id)
    return render_template(
        "shop/admin/stock/retire.html",
        item=item,
        left=current.scalar(select(func.sum(Lot.free)).where(Lot.item_id == item.id)) or 0,
        kits=current.scalars(kits.order_by(Kit.name)).all(),
        successors=[("", "None: use up what is left"), *((code, f"{code}: {name}") for code, name in others)],
        values={"successor": request.form.get("successor", "")},
        errors=errors,
    )


ROUTES = (
    ("/stock/items/<sku>/retire", "retire", ask, ["GET"]),
    ("/stock/items/<sku>/retire", "retire_now", retire, ["POST"]),
    ("/stock/items/<sku>/bring-back", "bring_back", bring_back, ["POST"]),
)
