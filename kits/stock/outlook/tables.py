"""Forecasts that a duty keeps, so that pages need not reckon."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kits.catalogue.tables import Item
from kits.tables import Row


class KeptForecast(Row):
    """One item's forecast as it was reckoned at `made_at`; `figures` is `ItemForecast.as_json()`."""

    __tablename__ = "kits_forecast"

    item_id: Mapped[int] = mapped_column(ForeignKey("kits_item.id"), unique=True)
    made_at: Mapped[datetime]
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)

    item: Mapped[Item] = relationship(lazy="joined")
