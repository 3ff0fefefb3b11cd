"""The geometry of a forecast's drawing, what it says in words, and its macro."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader

from kits.stock.outlook.chart import HEIGHT, LAST_ON_A_PHONE, LETTER, Chart, drawn
from kits.stock.outlook.forecast import ItemForecast, Week

MONDAY = date(2027, 1, 4)
TEMPLATES = Path(__file__).parents[4] / "templates"
levels = st.lists(st.integers(-20_000, 20_000), min_size=52, max_size=52)
mondays = st.integers(0, 600).map(lambda n: MONDAY + timedelta(weeks=n))


def a_forecast(
    lefts: list[int], arriving: dict[int, int] | None = None, start: date = MONDAY, runs_out: date | None = None
) -> ItemForecast:
    """A year that begins with 40 units and ends its weeks with `lefts`; its last repeats."""
    lefts = lefts + lefts[-1:] * (52 - len(lefts))
    weeks = []
    for number, (opening, left) in enumerate(pairwise([40, *lefts])):
        came = (arriving or {}).get(number, 0)
        gone = opening + came - left
        weeks.append(Week(start + timedelta(weeks=number), opening, came, gone, 0, left))
    return ItemForecast(tuple(weeks), runs_out, max(0, -min(lefts)), None)


RUNS_OUT = a_forecast([40, 30, 10, -12, -12, 48], {5: 60}, runs_out=date(2027, 1, 27))


def heights(line: str) -> list[float]:
    """Where the step line runs in each week."""
    return [float(y) for y in re.findall(r"V([\d.]+)H", line)]


def spans(chart: Chart) -> list[tuple[float, float]]:
    """From where to where a phone shows the labels of deliveries."""
    widths = [(each.x, len(each.label) * LETTER / 2) for each in chart.deliveries if each.label]
    return [(x - half, x + half) for x, half in widths]


@given(levels, st.integers(0, 500))
def test_the_more_is_left_the_higher_the_line_runs(lefts: list[int], safety: int) -> None:
    drawn_at = heights(drawn(a_forecast(lefts), safety).line)
    assert [y for _, y in sorted(zip(lefts, drawn_at, strict=True))] == sorted(drawn_at, reverse=True)
    assert all(0 <= y <= HEIGHT for y in drawn_at)


@given(levels, st.integers(0, 500))
def test_the_scale_has_few_round_numbers_one_of_them_zero(lefts: list[int], safety: int) -> None:
    chart = drawn(a_forecast(lefts), safety)
    units = [int(tick.label.replace(",", "").replace("\N{MINUS SIGN}", "-")) for tick in chart.ticks]
    assert 2 <= len(units) <= 7
    assert re.fullmatch("[125]0*", str(units[1] - units[0]))
    assert chart.zero == next(tick.y for tick in chart.ticks if tick.label == "0")
    assert all(before.y - after.y >= 20 for before, after in pairwise(chart.ticks))


@given(levels)
def test_only_weeks_that_end_short_hang_from_the_zero_line(lefts: list[int]) -> None:
    chart = drawn(a_forecast(lefts), 0)
    lows = [y for left, y in zip(lefts, heights(chart.line), strict=True) if left < 0]
    assert [chart.zero + week.height for week in chart.owed] == pytest.approx(lows)
    assert all(y <= chart.zero for y in heights(chart.area))


@given(mondays)
def test_month_names_have_room_on_a_phone_and_on_a_desk(start: date) -> None:
    months = drawn(a_forecast([1], start=start), 0).months
    named = [month for month in months if not month.more]
    assert all(after.x - before.x >= 4 * LETTER for before, after in pairwise(named))
    assert all(after.x - before.x >= 7 for before, after in pairwise(months))
    assert named[-1].x <= LAST_ON_A_PHONE
    assert len(months) >= 11


@given(mondays)
def test_the_year_is_named_at_its_first_label_and_in_january(start: date) -> None:
    months = drawn(a_forecast([1], start=start), 0).months
    assert next(month for month in months if not month.more).year
    assert all(month.year for month in months if month.label == "Jan")
    assert len([month for month in months if month.year]) <= 2


@given(st.dictionaries(st.integers(0, 51), st.integers(1, 20_000)))
def test_every_delivery_is_marked_and_labels_never_overlap(arriving: dict[int, int]) -> None:
    chart = drawn(a_forecast([40], arriving), 0)
    assert len(chart.deliveries) == len(arriving)
    assert bool(spans(chart)) == bool(arriving)
    assert all(before[1] <= after[0] for before, after in pairwise(spans(chart)))


@pytest.mark.parametrize(("after", "x", "side"), [(0, 0.0, "start"), (182, 50.0, "middle"), (350, 96.15, "end")])
def test_the_day_it_runs_out_is_marked_and_its_label_stays_in_the_drawing(after: int, x: float, side: str) -> None:
    day = MONDAY + timedelta(days=after)
    mark = drawn(a_forecast([-1], runs_out=day), 0).runs_out
    assert mark
    assert (mark.x, mark.side) == (x, side)
    assert mark.label.endswith(f" {day.day} {day:%b}")


@given(st.integers(0, 363))
def test_a_label_on_any_day_fits_a_phone(after: int) -> None:
    mark = drawn(a_forecast([-1], runs_out=MONDAY + timedelta(days=after)), 0).runs_out
    assert mark
    width = len(mark.label) * LETTER
    left = mark.x - {"start": 0, "middle": width / 2, "end": width}[mark.side]
    assert 0 <= left <= 100 - width


def test_what_is_wanted_stands_under_the_plot_as_bars() -> None:
    chart = drawn(a_forecast([40, 30, 25]), 0)
    assert chart.bars == "M1.2 236V200.0H1.8V236ZM2.2 236V218.0H2.8V236Z"
    assert chart.bars_label == "Wanted each week, 10 at most"
    assert drawn(a_forecast([40]), 0).bars_label == "Nothing is wanted"


def test_rows_above_the_plot_are_there_when_they_have_something_to_say() -> None:
    calm, full = drawn(a_forecast([40]), 0), drawn(RUNS_OUT, 0)
    assert (calm.head, calm.deliveries, calm.runs_out) == (8, (), None)
    assert full.head == 60


def test_the_safety_stock_is_a_line_when_there_is_one() -> None:
    assert drawn(RUNS_OUT, 0).safety is None
    safety = drawn(RUNS_OUT, 20).safety
    assert safety
    assert (safety.label, safety.y < drawn(RUNS_OUT, 20).zero) == ("Safety stock 20", True)


@pytest.mark.parametrize(
    ("forecast", "safety", "says"),
    [
        (
            RUNS_OUT,
            20,
            "40 left today; runs out on Wed 27 January 2027; lowest in the week of Mon 25 January 2027, 12 short; "
            "below the safety stock of 20 from the week of Mon 18 January 2027; "
            "60 arrive in the week of Mon 8 February 2027.",
        ),
        (
            a_forecast([40, 30]),
            20,
            "40 left today; serves all that is wanted until Sun 2 January 2028; "
            "lowest in the week of Mon 11 January 2027, 30 left.",
        ),
        (
            a_forecast([40], {1: 1000, 2: 3, 3: 4, 4: 5, 9: 6}),
            0,
            "40 left today; serves all that is wanted until Sun 2 January 2028; "
            "lowest in the week of Mon 4 January 2027, 40 left; 1,000 arrive in the week of Mon 11 January 2027; "
            "3 arrive in the week of Mon 18 January 2027; 4 arrive in the week of Mon 25 January 2027; "
            "more arrive in 2 later weeks.",
        ),
    ],
    ids=["runs out", "is enough", "many deliveries"],
)
def test_the_sentence_says_what_the_drawing_shows(forecast: ItemForecast, safety: int, says: str) -> None:
    assert drawn(forecast, safety).description == says


@pytest.fixture
def markup() -> Callable[[ItemForecast, int], str]:
    """The macro's markup for a forecast and its safety stock."""
    page = '{% from "kits/forecast_chart.html" import forecast_chart %}{{ forecast_chart(chart, "serum") }}'
    template = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True).from_string(page)
    return lambda forecast, safety: template.render(chart=drawn(forecast, safety))


def test_a_screen_reader_is_told_what_the_drawing_shows(markup: Callable[[ItemForecast, int], str]) -> None:
    page = markup(RUNS_OUT, 20)
    assert 'role="img" aria-labelledby="serum-title serum-desc"' in page
    assert f'<desc id="serum-desc">{drawn(RUNS_OUT, 20).description}</desc>' in page


def test_what_is_owed_is_hatched_and_the_key_explains_what_is_there(
    markup: Callable[[ItemForecast, int], str],
) -> None:
    full, calm = markup(RUNS_OUT, 20), markup(a_forecast([40]), 0)
    for words in ("More owed than there is", "Safety stock 20", "Arrives that week", "Runs out 27 Jan"):
        assert words in full
        assert words not in calm
    assert full.count('fill="url(#serum-owed)"') == len(drawn(RUNS_OUT, 20).owed) + 1


def test_the_drawing_keeps_to_a_strict_policy(markup: Callable[[ItemForecast, int], str]) -> None:
    page = markup(RUNS_OUT, 20)
    assert not re.search(r"style=|<style|<script|\son\w+=|href=", page)
    ids = re.findall(r'id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert all(each.startswith("serum-") for each in ids)
