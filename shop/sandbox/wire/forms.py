"""Form encoding with brackets, as Stripe's SDKs send it: `a[b]=c`, `items[0][x]=y`, `expand[]=z`."""

from __future__ import annotations

from typing import Any, TypeAlias
from urllib.parse import parse_qsl

Raw: TypeAlias = str | dict[str, Any]
"""A value as it came: text, or a tree of texts (a list is a tree with numbers for names)."""


def read_pairs(text: bytes) -> list[tuple[str, str]]:
    """The pairs of a query or a form body, in order; blank values are kept."""
    return parse_qsl(text.decode("utf-8", "replace"), keep_blank_values=True)


def build_tree(pairs: list[tuple[str, str]]) -> dict[str, Raw]:
    """The tree that bracketed names describe; a later value of a name replaces an earlier one."""
    tree: dict[str, Raw] = {}
    for name, value in pairs:
        _plant(tree, _steps(name), value)
    return tree


def _steps(name: str) -> list[str]:
    """`a[b][0]` -> ["a", "b", "0"]; a name that is not well formed stays whole, and so will be unknown."""
    head, bracket, rest = name.partition("[")
    if not bracket or not head or not rest.endswith("]"):
        return [name]
    return [head, *rest[:-1].split("][")]


def _plant(tree: dict[str, Raw], steps: list[str], value: str) -> None:
    *parents, last = steps
    for step in parents:
        branch = tree.setdefault(step or str(len(tree)), {})
        if not isinstance(branch, dict):
            branch = {}
            tree[step] = branch
        tree = branch
    tree[last or str(len(tree))] = value
