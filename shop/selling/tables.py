"""The shipping table and discount codes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kits.tables import Row


class ShippingZone(Row):
    """Countries that are served alike, as ISO 3166 codes; a country stands in one zone."""

    __tablename__ = "shop_shipping_zone"

    name: Mapped[str] = mapped_column(unique=True)
    countries: Mapped[list[str]] = mapped_column(JSON)

    methods: Mapped[list[ShippingMethod]] = relationship(order_by="ShippingMethod.position", lazy="selectin")


class ShippingMethod(Row):
    """A way of sending to a zone, and how many working days it takes."""

    __tablename__ = "shop_shipping_method"
    __table_args__ = (
        UniqueConstraint("zone_id", "code"),
        CheckConstraint("days_least >= 0 AND days_most >= days_least", name="days"),
    )

    zone_id: Mapped[int] = mapped_column(ForeignKey("shop_shipping_zone.id"))
    code: Mapped[str] = mapped_column(doc="what a form and the API name it by")
    name: Mapped[str]
    days_least: Mapped[int]
    days_most: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)

    rates: Mapped[list[ShippingRate]] = relationship(order_by="ShippingRate.up_to_g", lazy="selectin")


class ShippingRate(Row):
    """What a parcel of up to `up_to_g` grams costs by a method, VAT included, in minor units."""

    __tablename__ = "shop_shipping_rate"
    __table_args__ = (
        UniqueConstraint("method_id", "up_to_g"),
        CheckConstraint("up_to_g > 0 AND amount >= 0", name="sums"),
    )

    method_id: Mapped[int] = mapped_column(ForeignKey("shop_shipping_method.id"))
    up_to_g: Mapped[int]
    amount: Mapped[int]


class DiscountCode(Row):
    """A code that takes `percent`, or `amount` minor units, off kits bought without refills.

    `uses` counts the orders that hold it; `most_uses` 1 makes a code of one use.
    """

    __tablename__ = "shop_discount_code"
    __table_args__ = (
        CheckConstraint("(percent IS NULL) <> (amount IS NULL)", name="one_kind"),
        CheckConstraint("percent IS NULL OR (percent > 0 AND percent <= 100)", name="percent"),
        CheckConstraint("amount IS NULL OR amount > 0", name="amount"),
        CheckConstraint("uses >= 0 AND (most_uses IS NULL OR uses <= most_uses)", name="uses"),
    )

    code: Mapped[str] = mapped_column(unique=True, doc="upper case")
    percent: Mapped[int | None]
    amount: Mapped[int | None]
    most_uses: Mapped[int | None] = mapped_column(doc="None: as often as one likes")
    uses: Mapped[int] = mapped_column(default=0)
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]
