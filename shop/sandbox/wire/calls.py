"""One call to the API as a resource sees it, and what every resource does with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shop.sandbox.errors import BadParameter, missing
from shop.sandbox.store.documents import Document, Page, Unit


@dataclass(frozen=True, slots=True)
class Call:
    """A checked request: `ids` are from the address, `base_url` is where the hosted pages live."""

    unit: Unit
    params: dict[str, Any]
    ids: dict[str, str]
    base_url: str
    path: str

    def find(self, kind: str, name: str) -> Document:
        """The object the address names by `name`; NotFound when there is none."""
        identifier = self.ids[name]
        found = self.unit.get(kind, identifier)
        if found is None:
            raise missing(kind, identifier, name, in_address=True)
        return found


def refer(unit: Unit, kind: str, identifier: str, param: str) -> Document:
    """The object a parameter refers to; BadParameter `resource_missing` when there is none or it was deleted."""
    found = unit.get(kind, identifier)
    if found is None or found.get("deleted"):
        raise missing(kind, identifier, param)
    return found


_PAGING = {"limit", "starting_after", "ending_before", "created", "expand"}


def answer_list(call: Call, kind: str, *filters: str, **where: str | None) -> Document:
    """Stripe's list of a kind: `limit`, the cursors, `created`, and equality with the other parameters.

    `filters` are the parameters that have a column of their own; any other makes us look through the whole list.
    """
    page = read_page(call.params)
    cursor = page.after or page.before
    if cursor and call.unit.get(kind, cursor) is None:
        raise missing(kind, cursor, "starting_after" if page.after else "ending_before")
    wanted = where | {name: call.params.get(name) for name in filters}
    rest = {name: value for name, value in call.params.items() if name not in _PAGING and name not in filters}
    if rest:
        found = call.unit.page(kind, Page(-1, created=page.created), **wanted)[0]
        return cut_page(call, [each for each in found if all(each.get(name) == rest[name] for name in rest)])
    found, more = call.unit.page(kind, page, **wanted)
    return as_list(found, call.path, more)


def cut_page(call: Call, documents: list[Document]) -> Document:
    """The page asked for of a list that is at hand in full."""
    page = read_page(call.params)
    ids = [each["id"] for each in documents]
    start = ids.index(page.after) + 1 if page.after in ids else 0
    stop = ids.index(page.before) if page.before in ids else len(ids)
    wanted = documents[start:stop]
    kept = wanted[-page.limit :] if page.before else wanted[: page.limit]
    return as_list(kept, call.path, len(kept) < len(wanted))


def as_list(data: list[Document], url: str, more: bool = False) -> Document:
    """Stripe's list object."""
    return {"object": "list", "data": data, "has_more": more, "url": url}


def read_page(params: dict[str, Any]) -> Page:
    """Which page the parameters ask for; `limit` is 1 to 100, 10 unless told."""
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        bound = "greater than or equal to 1" if limit < 1 else f"less than or equal to 100 (it currently is '{limit}')"
        raise BadParameter(f"This value must be {bound}.", code="parameter_invalid_integer", param="limit")
    created = params.get("created", {})
    span = created if isinstance(created, dict) else {"gte": created, "lte": created}
    return Page(limit, params.get("starting_after"), params.get("ending_before"), span)


def merge_metadata(document: Document, params: dict[str, Any]) -> None:
    """Stripe's way with metadata: names given are set, an empty value takes one away, empty metadata takes all."""
    given = params.get("metadata")
    if given == "":
        document["metadata"] = {}
    elif given is not None:
        merged = {**(document.get("metadata") or {}), **given}
        document["metadata"] = {name: value for name, value in merged.items() if value != ""}


def copy_given(document: Document, params: dict[str, Any], *names: str) -> None:
    """Take over the parameters named; an empty string unsets."""
    for name in names:
        if name in params:
            document[name] = params[name] if params[name] != "" else None
