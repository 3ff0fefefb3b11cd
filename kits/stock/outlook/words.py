"""What the drawing of a forecast says, in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from kits.dates import written
from kits.stock.outlook.forecast import ItemForecast

NAMED_DELIVERIES = 3


def described(forecast: ItemForecast, safety_stock: int) -> str:
    """How much is left, how long it serves, how low it falls and what arrives."""
    parts = [_served(forecast), _lowest(forecast), *_below(forecast, safety_stock), *_arriving(forecast)]
    return f"{forecast.weeks[0].opening:,} left today; {'; '.join(parts)}."


def _served(forecast: ItemForecast) -> str:
    if forecast.runs_out_on:
        return f"runs out on {written(forecast.runs_out_on)}"
    return f"serves all that is wanted until {written(forecast.weeks[-1].week_of + timedelta(days=6))}"


def _lowest(forecast: ItemForecast) -> str:
    week = min(forecast.weeks, key=lambda week: week.left)
    units = f"{-week.left:,} short" if week.left < 0 else f"{week.left:,} left"
    return f"lowest in the week of {written(week.week_of)}, {units}"


def _below(forecast: ItemForecast, safety_stock: int) -> Iterator[str]:
    week = next((week for week in forecast.weeks if week.left < safety_stock), None)
    if week and safety_stock:
        yield f"below the safety stock of {safety_stock:,} from the week of {written(week.week_of)}"


def _arriving(forecast: ItemForecast) -> Iterator[str]:
    weeks = [week for week in forecast.weeks if week.arriving]
    for week in weeks[:NAMED_DELIVERIES]:
        yield f"{week.arriving:,} arrive in the week of {written(week.week_of)}"
    if later := len(weeks[NAMED_DELIVERIES:]):
        yield f"more arrive in {later} later {'week' if later == 1 else 'weeks'}"
