"""Words that read like a medical claim. Our own copy holds none; whoever types some is warned.

A cosmetic product may not be said to treat or prevent a condition, nor to
change how the body works (Advertising Standards Authority, CAP Code 12.1 and
12.7; Human Medicines Regulations 2012, regulation 2).
"""

from __future__ import annotations

import re

CLAIMS = (
    r"cur(?:e|es|ed|ing|ative)",
    r"heal(?:s|ed|ing)?",
    r"treat(?:s|ed|ing|able|ment|ments)?",
    r"re-?gr(?:ow|ows|owing|own|ew|owth)",
    r"(?:hair|follicle) (?:re)?growth",
    r"gr(?:ow|ows|owing|ew) (?:\w+ ){0,2}hairs?",
    r"(?:new|more|thicker|fuller|denser|stronger) hair",
    r"thicken(?:s|ed|ing)?",
    r"(?:prevent|stop|halt|slow|reduce|combat|fight|revers)(?:s|es|ed|ing|e)?(?: down)?(?: your| their| further)? "
    r"(?:hair[ -]?loss|hair[ -]?fall|thinning|shedding|bald\w*|alopecia)",
    r"anti[- ]hair[- ]?loss",
    r"restor(?:e|es|ed|ing|ative|ation)(?: your| their)? hair(?:line)?",
    r"(?:re)?activat(?:e|es|ed|ing)",
    r"stimulat(?:e|es|ed|ing|ion)",
    r"guarantee(?:s|d|ing)?",
    r"prov(?:en|es|ed)(?: to)?",
    r"clinically \w+",
    r"(?:dermatologist|doctor)s?[- ](?:recommended|approved|tested)",
    r"medical[- ]grade",
    r"therap(?:y|ies|eutic)",
    r"remed(?:y|ies)",
    r"miracles?",
    r"(?:no|without|free of) side[- ]effects?",
    r"(?:risk-free|painless)",
    r"(?:permanent|lasting|visible|fast|sure) results?",
    r"(?:100 ?%|fully|highly|very) effective",
    r"effective(?:ly)? (?:against|for)",
)
HARMLESS = (
    "treatment kit",
    "treatment kits",
    "is another treatment than one at home",
    "must not be said to treat, prevent or change",
)
"""Phrases that say no such thing though they hold such a word, exactly as they stand in our copy."""
_CLAIM = re.compile(rf"\b(?:{'|'.join(CLAIMS)})\b", re.IGNORECASE)
_HARMLESS = re.compile("|".join(re.escape(phrase) for phrase in sorted(HARMLESS, key=len, reverse=True)), re.IGNORECASE)


def claims(text: str) -> list[str]:
    """The words of `text` that read like a medical claim, each once, in order."""
    plain = _HARMLESS.sub("·", re.sub(r"[*_\s]+", " ", text))
    return list(dict.fromkeys(found.group().lower() for found in _CLAIM.finditer(plain)))
