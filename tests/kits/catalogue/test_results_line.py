"""When to look for results, as drawn: the spans of months that the kit's text names."""

from __future__ import annotations

import pytest

from kits.catalogue.first_kit import RESULTS
from kits.catalogue.results_line import results_line


def test_the_maker_s_own_timeline_is_three_spans_on_a_line_of_a_year() -> None:
    line = results_line(RESULTS)
    assert line is not None
    assert [(span.since, span.until, span.x, span.width) for span in line.spans] == [
        (2, 3, 16.67, 8.33),
        (3, 6, 25.0, 25.0),
        (6, 12, 50.0, 50.0),
    ]
    assert [(mark.month, mark.x) for mark in line.marks] == [(2, 16.67), (3, 25.0), (6, 50.0), (12, 100.0)]
    assert line.description == "Counted from the first session, in months: 2 to 3, 3 to 6, 6 to 12."


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("6–12 months, then 2 and 3 months, 6 to 12 months again", [(6, 12)]),
        ("after 3 - 6 months and after 1 to 2 months", [(1, 2), (3, 6)]),
        ("6 to 3 months", []),
        ("0 to 0 months", []),
        ("1000 to 2000 months, 1.5 to 3 months", []),
        ("soon", []),
        ("", []),
    ],
)
def test_only_spans_that_go_forward_are_drawn(text: str, spans: list[tuple[int, int]]) -> None:
    line = results_line(text)
    assert [(span.since, span.until) for span in (line.spans if line else ())] == spans
