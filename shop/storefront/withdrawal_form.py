"""The fields of a withdrawal: one for what waits here of an item, one for what is with the customer, or one a seal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shop.returns.withdrawing.goods import Goods, Key
from shop.returns.withdrawing.withdrawal import Chosen
from shop.storefront.forms import Wrong

UNBROKEN, BROKEN, KEEP = "unbroken", "broken", "keep"
SEALS = (
    (UNBROKEN, "I give it back: its seal is unbroken"),
    (BROKEN, "Its seal is broken, so it stays with me"),
    (KEEP, "I keep it"),
)
SAY_SEAL = "say whether its seal is unbroken."
HOW_MANY = "choose how many you give back."


@dataclass(frozen=True)
class Offer:
    """One field: its name, its label, what may be chosen, and what is chosen before anybody has."""

    name: str
    label: str
    options: Sequence[tuple[object, str]]
    first: object
    line_id: int


def offered(goods: Sequence[Goods]) -> list[Offer]:
    """The fields for what can still be given back, in the order of lines and items."""
    return [offer for each in goods for offer in _of(each)]


def as_sent(goods: Sequence[Goods], given: Mapping[str, str]) -> dict[str, str]:
    """What was sent in those fields, to be sent again by the second step."""
    return {offer.name: given.get(offer.name, "") for offer in offered(goods)}


def read(goods: Sequence[Goods], given: Mapping[str, str]) -> dict[Key, Chosen]:
    """What was chosen of each item; raises Wrong with a sentence for each field that is not one of its choices."""
    errors: dict[str, str] = {}
    chosen: dict[Key, Chosen] = {}
    for each in goods:
        answers = {offer.name: _answer(offer, given, errors) for offer in _of(each)}
        seals = [answer for name, answer in answers.items() if name.startswith("seal-")]
        chosen[each.key] = Chosen(
            waiting=_count(answers.get(_name("waiting", each))),
            there=_count(answers.get(_name("there", each))) + seals.count(UNBROKEN),
            opened=seals.count(BROKEN),
        )
    if errors:
        raise Wrong(errors)
    return {key: each for key, each in chosen.items() if each != Chosen()}


def _of(goods: Goods) -> Iterator[Offer]:
    if goods.waiting:
        yield _how_many("waiting", goods, goods.waiting, "not sent yet" if goods.there else "")
    if goods.item.sealed:
        for number in range(1, goods.there + 1):
            which = f", {number} of {goods.there}" if goods.there > 1 else ""
            yield Offer(_name("seal", goods, number), f"{goods.item.name}{which}", SEALS, "", goods.line.id)
    elif goods.there:
        yield _how_many("there", goods, goods.there, "with you" if goods.waiting else "")


def _how_many(what: str, goods: Goods, most: int, where: str) -> Offer:
    label = f"{goods.item.name}, {where}" if where else goods.item.name
    if most == 1:
        options = [(1, "I give it back"), (0, "I keep it")]
    else:
        options = [(units, f"I give back {units} of {most}") for units in range(most, 0, -1)]
        options.append((0, "I keep them"))
    return Offer(_name(what, goods), label, options, most, goods.line.id)


def _name(what: str, goods: Goods, number: int | None = None) -> str:
    """No two lines, items or units share a name; none of it is trusted when it comes back."""
    parts = [what, goods.line.id, goods.item.id, *([number] if number else [])]
    return "-".join(str(part) for part in parts)


def _answer(offer: Offer, given: Mapping[str, str], errors: dict[str, str]) -> str:
    answer = given.get(offer.name, "")
    if answer not in {str(value) for value, _ in offer.options}:
        errors[offer.name] = f"{offer.label}: {SAY_SEAL if offer.options is SEALS else HOW_MANY}"
    return answer


def _count(answer: Any) -> int:
    return int(answer) if answer and answer.isascii() and answer.isdecimal() else 0
