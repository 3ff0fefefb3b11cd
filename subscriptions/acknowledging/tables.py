"""That running plans were asked to acknowledge a newer notice, and did."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kits.catalogue.tables import ContraindicationNotice
from kits.tables import Row
from subscriptions.tables import Subscription


class PlanAcknowledgement(Row):
    """A plan's customer was asked at `asked_at` to read version V of a text, and confirmed it at `accepted_at`.

    Nothing else is kept: no answers per condition, no refusal, and of the
    link in the mail only the hash of its token.
    """

    __tablename__ = "subscriptions_acknowledgement"
    __table_args__ = (
        UniqueConstraint("subscription_id", "notice_id"),
        Index(
            "ix_subscriptions_acknowledgement_open",
            "asked_at",
            postgresql_where=text("accepted_at IS NULL"),
            sqlite_where=text("accepted_at IS NULL"),
        ),
    )

    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscriptions_subscription.id"))
    notice_id: Mapped[int] = mapped_column(ForeignKey("kits_notice.id"), index=True)
    version: Mapped[str]
    sha256: Mapped[str]
    asked_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    token_sha256: Mapped[str] = mapped_column(unique=True)

    subscription: Mapped[Subscription] = relationship()
    notice: Mapped[ContraindicationNotice] = relationship()
