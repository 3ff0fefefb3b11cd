"""No copy of ours reads like a medical claim: not on pages, in mails, in the texts we ship or in what code says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kits.catalogue import first_kit
from shop.owner.claims import HARMLESS, claims
from shop.templating import template_folder
from tests.test_architecture import ROOT, sources

TEMPLATES = Path(template_folder())
COPY = sorted(path for path in TEMPLATES.rglob("*") if path.suffix in (".html", ".txt", ".md", ".xml"))
CODE = [path for path in sources(ROOT, "kits", "shop", "subscriptions") if path.name != "claims.py"]
MARKUP = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", re.S)
SANDBOX = "shop/sandbox/"
"""It speaks in Stripe's words."""


def spoken(path: Path) -> Iterator[str]:
    """What a file of code may say: every text in it but docstrings."""
    tree = ast.parse(path.read_text())
    nodes = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    documented = [node.body[0].value for node in ast.walk(tree) if isinstance(node, nodes) and ast.get_docstring(node)]  # type: ignore[attr-defined]
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in documented:
            yield node.value


@pytest.mark.parametrize("path", COPY, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_page_mail_or_text_that_we_ship_makes_a_medical_claim(path: Path) -> None:
    text = path.read_text()
    words = " ".join(re.findall(r"\"[^\"]*\"|'[^']*'", " ".join(MARKUP.findall(text))))
    assert claims(MARKUP.sub(" ", text)) == []
    assert claims(words) == []


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_that_code_says_to_people_makes_a_medical_claim(path: Path) -> None:
    if not str(path.relative_to(ROOT)).startswith(SANDBOX):
        assert [found for text in spoken(path) for found in claims(text)] == []


def test_the_first_kit_makes_no_medical_claim() -> None:
    said = [value for name, value in vars(first_kit).items() if name.isupper() and isinstance(value, str)]
    assert len(said) > 5
    assert claims("\n".join(said)) == []


@pytest.mark.parametrize(
    "text",
    [
        "It cures baldness", "CURED", "regrow your hair", "re-growth", "a proven serum", "clinically proven",
        "clinically tested", "we guarantee results", "prevents hair loss", "prevent  your\nhair loss",
        "stops further shedding", "reverses thinning", "treats alopecia", "a treatment for baldness", "it heals",
        "**regrows** hair", "grow new hair", "thicker hair", "stimulates follicles", "without side effects",
        "effective against hair loss", "a remedy", "100% effective", "dermatologist-recommended", "lasting results",
    ],
)  # fmt: skip
def test_what_reads_like_a_claim_is_found_in_any_form(text: str) -> None:
    assert claims(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "A home treatment kit", "the health of others", "a secure shop", "accurate", "improve your plan",
        "approved", "hair grows slowly", "heather", "we promise none", "Talk to your doctor",
        *HARMLESS,
    ],
)  # fmt: skip
def test_plain_words_are_let_be(text: str) -> None:
    assert claims(text) == []


def test_each_finding_is_named_once_as_it_was_typed() -> None:
    assert claims("It cures, it Cures, and regrows.") == ["cures", "regrows"]


def test_a_giant_text_is_read_in_no_time() -> None:
    assert claims("grow a " * 8_000) == []


def test_a_harmless_phrase_is_one_that_our_copy_has() -> None:
    everything = " ".join(" ".join(path.read_text() for path in [*COPY, *CODE]).lower().split())
    assert [phrase for phrase in HARMLESS if phrase not in everything] == []
