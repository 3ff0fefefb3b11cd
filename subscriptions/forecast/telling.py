"""A forecast told: as plain values, as lines for a terminal, the most urgent first."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

from kits.catalogue.tables import Item
from kits.dates import written
from kits.stock.outlook.forecast import Advice, ItemForecast

COLUMNS = ("week_of", "opening", "arriving", "wanted", "expiring", "left")
HEADINGS = ("SKU", "Item", "Left", "Runs out on", "Order")
Foretold = tuple[Item, ItemForecast]


def plain(item: Item, forecast: ItemForecast) -> dict[str, Any]:
    """Plain values: `sku`, `name`, units `left` now, and all of `ItemForecast.as_json()`."""
    return {"sku": item.sku, "name": item.name, "left": left(forecast), **forecast.as_json()}


def as_csv(forecast: ItemForecast) -> str:
    """A header and a row a week."""
    text = StringIO()
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    rows.writerows([getattr(week, name) for name in COLUMNS] for week in forecast.weeks)
    return text.getvalue()


def table(found: Sequence[Foretold]) -> Iterator[str]:
    """The lines of a table, the most urgent item first; one that says what to do when there is no item."""
    if not found:
        yield "There is no item yet. A kit brings its items."
        return
    rows = [HEADINGS, *(_row(item, forecast) for item, forecast in by_urgency(found))]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for sku, name, units, *rest in rows:
        cells = (sku.ljust(widths[0]), name.ljust(widths[1]), units.rjust(widths[2]))
        yield "  ".join([*cells, *map(str.ljust, rest, widths[3:])]).rstrip()


def by_urgency(found: Iterable[Foretold]) -> list[Foretold]:
    """What is to be ordered first comes first, then what runs out first, then by SKU."""
    return sorted(found, key=lambda each: (*_soonest(each[1]), each[0].sku))


def left(forecast: ItemForecast) -> int:
    """Units free now."""
    return forecast.weeks[0].opening


def ago(then: datetime, now: datetime) -> str:
    """How long it is since, e.g. `12 minutes ago`."""
    for name, size in (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1))):
        if count := (now - then) // size:
            return f"{count} {name}{'' if count == 1 else 's'} ago"
    return "just now"


def _soonest(forecast: ItemForecast) -> tuple[date, date]:
    return forecast.order.order_by if forecast.order else date.max, forecast.runs_out_on or date.max


def _row(item: Item, forecast: ItemForecast) -> tuple[str, ...]:
    out = written(forecast.runs_out_on) if forecast.runs_out_on else "not this year"
    return item.sku, item.name, f"{left(forecast):,}", out, _advised(forecast.order)


def _advised(order: Advice | None) -> str:
    if order is None:
        return "nothing"
    return f"{order.quantity:,} {'at once: late' if order.late else 'by ' + written(order.order_by)}"
