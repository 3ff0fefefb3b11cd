"""Payment attempts, payments, refunds and stored webhooks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kits.money import Money
from kits.tables import Row
from shop.orders.tables import Order
from shop.payments import means
from shop.payments.giving_back.reasons import Reason, in_words
from shop.work.leases import ClaimedRow

STARTED, UNKNOWN, SUCCEEDED, DECLINED, NEEDS_CUSTOMER, CLOSED = (
    "started",
    "unknown",
    "succeeded",
    "declined",
    "needs_customer",
    "closed",
)
OPEN = (STARTED, UNKNOWN)
HOSTED, SAVED_CARD = "hosted", "saved_card"
PENDING, FAILED = "pending", "failed"
DISPUTED = ("open", "lost")
_IN_DISPUTE = text("dispute = 'open'")
_STILL_OPEN = text("state IN ('started', 'unknown')")


class PaymentAttempt(Row):
    """One try to be paid, committed before its request leaves; its `key` makes the idempotency keys.

    `hosted` attempts carry a Checkout Session, `saved_card` attempts a
    PaymentIntent. `requests` counts up when a key must not be used again (the
    gateway stores a 500 under its key and replays it).
    """

    __tablename__ = "shop_payment_attempt"
    __table_args__ = (
        UniqueConstraint("order_id", "number"),
        Index("ix_shop_payment_attempt_open", "started_at", postgresql_where=_STILL_OPEN, sqlite_where=_STILL_OPEN),
    )

    order_id: Mapped[int] = mapped_column(ForeignKey("shop_order.id"))
    number: Mapped[int]
    way: Mapped[str] = mapped_column(doc="hosted or saved_card")
    state: Mapped[str] = mapped_column(default=STARTED)
    key: Mapped[str] = mapped_column(unique=True)
    requests: Mapped[int] = mapped_column(default=0)
    amount: Mapped[int]
    currency: Mapped[str]
    intent_id: Mapped[str | None] = mapped_column(index=True)
    intent_live: Mapped[bool] = mapped_column(default=True, doc="False once the intent was cancelled")
    session_id: Mapped[str | None] = mapped_column(unique=True)
    session_url: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[datetime | None] = mapped_column(doc="when the hosted page closes")
    card: Mapped[str | None] = mapped_column(index=True, doc="the saved card it is tried on")
    card_brand: Mapped[str | None]
    decline_code: Mapped[str | None]
    advice_code: Mapped[str | None] = mapped_column(doc="what the gateway advises after the decline")
    network_advice_code: Mapped[str | None] = mapped_column(doc="what the card network advises")
    network_decline_code: Mapped[str | None] = mapped_column(doc="the network's own code for it")
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    order: Mapped[Order] = relationship()


class Payment(Row):
    """Money that arrived: one row a PaymentIntent, with the card that paid.

    What came another way, and was noted by staff, has its `means` instead of an intent: the gateway knows nothing of
    it, and it goes back by hand. A dispute is `open` while the bank looks into it; once `lost` the money is
    with the customer already, once `won` it is ours again.
    """

    __tablename__ = "shop_payment"
    __table_args__ = (
        CheckConstraint("amount > 0", name="positive"),
        CheckConstraint("(intent_id IS NULL) <> (means IS NULL)", name="one_way"),
        Index("ix_shop_payment_disputed", "id", postgresql_where=_IN_DISPUTE, sqlite_where=_IN_DISPUTE),
    )

    order_id: Mapped[int] = mapped_column(ForeignKey("shop_order.id"), index=True)
    intent_id: Mapped[str | None] = mapped_column(unique=True)
    means: Mapped[str | None] = mapped_column(doc="one of shop.payments.means; None: it came through the gateway")
    reference: Mapped[str | None] = mapped_column(doc="by which it is found where it came")
    note: Mapped[str | None] = mapped_column(Text, doc="why staff noted it")
    amount: Mapped[int]
    currency: Mapped[str]
    card: Mapped[str | None] = mapped_column(doc="the gateway's id of the saved card")
    card_brand: Mapped[str | None]
    card_last4: Mapped[str | None]
    paid_at: Mapped[datetime] = mapped_column(index=True)
    disputed_at: Mapped[datetime | None] = mapped_column(doc="when we first heard of a dispute")
    dispute: Mapped[str | None] = mapped_column(doc="open, lost or won; None when there never was one")
    dispute_reason: Mapped[str | None] = mapped_column(doc="the gateway's word for it")
    dispute_answer_by: Mapped[datetime | None] = mapped_column(doc="until when evidence is taken")
    warned_at: Mapped[datetime | None] = mapped_column(doc="when its bank held it for fraud")
    fraud_kind: Mapped[str | None] = mapped_column(doc="the gateway's word for that fraud")
    compared_in: Mapped[int | None] = mapped_column(doc="the last comparison that found it at the gateway")

    order: Mapped[Order] = relationship()

    @property
    def money(self) -> Money:
        """What arrived."""
        return Money(self.amount, self.currency)

    @property
    def elsewhere(self) -> bool:
        """True when it came another way than through the gateway, and can only go back by hand."""
        return self.means is not None

    @property
    def came_by(self) -> str:
        """How it came, in words that say nothing of a card: `bank transfer`; empty for what a card paid."""
        return means.in_words(self.means)

    @property
    def paid_how(self) -> str:
        """The same within a sentence: `by bank transfer`."""
        return means.within_a_sentence(self.means)

    @property
    def goes_to(self) -> str:
        """Where its money goes back to, said to the customer."""
        if self.elsewhere:
            return "you"
        return f"your card ending in {self.card_last4}" if self.card_last4 else "the card that paid"

    @property
    def disputed(self) -> bool:
        """True while nothing of it may be refunded: a dispute is open, or was lost."""
        return self.dispute in DISPUTED


class Refund(ClaimedRow):
    """A refund, committed before it is asked for; pending + succeeded never exceed the payment."""

    __tablename__ = "shop_refund"
    __table_args__ = (
        CheckConstraint("amount > 0", name="positive"),
        Index("ix_shop_refund_state", "state"),
    )

    payment_id: Mapped[int] = mapped_column(ForeignKey("shop_payment.id"), index=True)
    amount: Mapped[int]
    state: Mapped[str] = mapped_column(default=PENDING, doc="pending, succeeded or failed")
    key: Mapped[str] = mapped_column(unique=True)
    requests: Mapped[int] = mapped_column(default=0)
    gateway_id: Mapped[str | None] = mapped_column(index=True)
    reference: Mapped[str | None] = mapped_column(doc="of what was paid back by hand, by which it is found")
    reason: Mapped[str] = mapped_column(doc="one of shop.payments.giving_back.reasons")
    note: Mapped[str] = mapped_column(Text, default="", doc="what staff say of it, to the customer, too")
    actor: Mapped[str] = mapped_column(default="settle")
    return_id: Mapped[int | None] = mapped_column(ForeignKey("shop_return.id"), index=True)
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(Text, doc="why it failed")
    compared_in: Mapped[int | None] = mapped_column(doc="the last comparison that found it at the gateway")

    payment: Mapped[Payment] = relationship()

    @property
    def money(self) -> Money:
        """What goes back."""
        return Money(self.amount, self.payment.currency)

    @property
    def by_hand(self) -> bool:
        """True when the gateway cannot send it: someone pays it back and notes the reference."""
        return self.payment.elsewhere

    @property
    def why(self) -> Reason:
        """Its reason in words."""
        return in_words(self.reason)


class WebhookEvent(ClaimedRow):
    """An event as Stripe sent it, stored before anything is done with it.

    `object_id` is empty where it is about nothing that has an id.
    """

    __tablename__ = "shop_webhook_event"
    __table_args__ = (Index("ix_shop_webhook_event_open", "processed_at", "free_at"),)

    event_id: Mapped[str] = mapped_column(unique=True)
    type: Mapped[str]
    object_id: Mapped[str] = mapped_column(index=True)
    body: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime]
    processed_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(Text, doc="what working on it came to the last time, if not well")
