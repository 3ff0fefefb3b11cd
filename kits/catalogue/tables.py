"""What is sold: items, kits made of them, dated prices, versioned notices."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kits.catalogue.session_plan import PlanLimits
from kits.tables import Row


class Item(Row):
    """A thing on a shelf (SKU), and how it is ordered. `claims` only counts up: writing it takes the row lock."""

    __tablename__ = "kits_item"
    __table_args__ = (
        CheckConstraint("lead_days >= 0 AND safety_stock >= 0 AND pack_size > 0 AND low_at >= 0", name="ordering"),
        CheckConstraint("weight_g >= 0 AND (millilitres IS NULL OR millilitres > 0)", name="measures"),
    )

    sku: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    claims: Mapped[int] = mapped_column(default=0)
    supplier: Mapped[str] = mapped_column(default="", doc="who usually delivers it")
    lead_days: Mapped[int] = mapped_column(default=14, doc="days from ordering to having it")
    safety_stock: Mapped[int] = mapped_column(default=0, doc="units that should never be needed")
    pack_size: Mapped[int] = mapped_column(default=1, doc="it is ordered in packs of so many")
    low_at: Mapped[int] = mapped_column(default=10, doc="fewer to promise than this is low")
    retired_at: Mapped[datetime | None] = mapped_column(doc="archived since: its successor is sent in its place")
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("kits_item.id"))
    moved_at: Mapped[datetime | None] = mapped_column(doc="when it was last retired or brought back")
    weight_g: Mapped[int] = mapped_column(default=0, doc="grams, wrapped for sending")
    millilitres: Mapped[int | None] = mapped_column(doc="what a unit holds, for the price per 100 ml")
    sealed: Mapped[bool] = mapped_column(default=False, doc="hygiene goods: no withdrawal once the seal is broken")

    successor: Mapped[Item | None] = relationship(remote_side="Item.id")


class Kit(Row):
    """A treatment kit and the limits of the plans it may be used in."""

    __tablename__ = "kits_kit"

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    summary: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    needle_um: Mapped[int] = mapped_column(doc="needle length in micrometres")
    min_sessions: Mapped[int]
    max_sessions: Mapped[int]
    min_weeks: Mapped[int]
    max_weeks: Mapped[int]
    published: Mapped[bool] = mapped_column(default=True)
    how_to_use: Mapped[str] = mapped_column(Text, default="", doc="Markdown, as the next two")
    cleaning: Mapped[str] = mapped_column(Text, default="")
    results: Mapped[str] = mapped_column(Text, default="", doc="when to look for results, in the maker's words")

    components: Mapped[list[KitComponent]] = relationship(order_by="KitComponent.item_id", lazy="selectin")

    @property
    def limits(self) -> PlanLimits:
        """What a plan for this kit may ask for."""
        return PlanLimits(self.min_sessions, self.max_sessions, self.min_weeks, self.max_weeks)


class KitComponent(Row):
    """How many of an item are in the kit (`in_kit`) and in one refill box (`in_refill`)."""

    __tablename__ = "kits_kit_component"
    __table_args__ = (
        UniqueConstraint("kit_id", "item_id"),
        CheckConstraint("in_kit >= 0 AND in_refill >= 0", name="counts"),
    )

    kit_id: Mapped[int] = mapped_column(ForeignKey("kits_kit.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("kits_item.id"), index=True)
    in_kit: Mapped[int]
    in_refill: Mapped[int]

    item: Mapped[Item] = relationship(lazy="joined")


class Price(Row):
    """What a kit or one of its refills costs from a moment on, VAT included, in minor units."""

    __tablename__ = "kits_price"
    __table_args__ = (
        UniqueConstraint("kit_id", "kind", "valid_from"),
        UniqueConstraint("kit_id", "submission"),
        CheckConstraint("amount > 0", name="positive"),
    )

    kit_id: Mapped[int] = mapped_column(ForeignKey("kits_kit.id"))
    kind: Mapped[str] = mapped_column(doc="kit, refill (in a plan) or loose (a refill box bought alone)")
    amount: Mapped[int]
    currency: Mapped[str]
    valid_from: Mapped[datetime]
    submission: Mapped[str | None] = mapped_column(doc="one a form: two clicks, one price")


class ContraindicationNotice(Row):
    """One version of the text a buyer acknowledges. Published texts are never changed, and no row is deleted."""

    __tablename__ = "kits_notice"
    __table_args__ = (UniqueConstraint("kit_id", "version"), UniqueConstraint("kit_id", "submission"))

    kit_id: Mapped[int] = mapped_column(ForeignKey("kits_kit.id"))
    version: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str]
    effective_from: Mapped[date]
    submission: Mapped[str | None] = mapped_column(doc="one a form: two clicks, one version")
    withdrawn_at: Mapped[datetime | None] = mapped_column(doc="taken back before its day came")
