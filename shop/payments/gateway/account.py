"""One account at Stripe, and every call that we make to it. Answers and errors are in our own words."""

from __future__ import annotations

import functools
import os
from contextlib import suppress
from datetime import datetime
from typing import Any, cast

from kits.settings import setting
from shop.payments.gateway import stripe_answers as answers
from shop.payments.gateway import stripe_requests as asked
from shop.payments.gateway.contract import (
    Bill,
    Card,
    HostedPage,
    Intent,
    NoKeys,
    Refused,
)
from shop.payments.gateway.lists import Lists
from shop.payments.gateway.seen import DisputeSeen, RefundSeen, WarningSeen
from shop.payments.gateway.stripe_gateway import connected, our_errors

WHOLE_PAGE = ["payment_intent.payment_method", "setup_intent.payment_method"]


class StripeGateway(Lists):
    """One Stripe account. Safe to share between threads; no call here touches the database."""

    def __init__(self, key: str, base: str) -> None:
        self._v1 = connected(key, base).v1

    def account_id(self) -> str:
        """The id of the account whose key this is; raises NoKeys for one that may not ask."""
        with our_errors():
            return self._v1.accounts.retrieve_current().id

    def create_customer(self, email: str, name: str, *, key: str) -> str:
        """Make a customer; returns its id."""
        with our_errors():
            made = self._v1.customers.create({"email": email, "name": name}, {"idempotency_key": key})
        return made.id

    def forget_customer(self, customer_id: str) -> None:
        """Delete a customer with their saved cards; one that is gone already is left alone."""
        with suppress(Refused), our_errors():
            self._v1.customers.delete(customer_id)

    def customer_lives(self, customer_id: str) -> bool:
        """False when the customer was deleted at the gateway."""
        with our_errors():
            return not getattr(self._v1.customers.retrieve(customer_id), "deleted", False)

    def card(self, card_id: str) -> Card:
        """A card as it is now; raises Refused for one that the gateway does not know."""
        with our_errors():
            seen = answers.card(self._v1.payment_methods.retrieve(card_id))
        assert seen is not None, "a payment method of its own is whole"
        return seen

    def forget_card(self, card_id: str) -> None:
        """Detach a card from its customer, so that nobody can charge it; one that is detached is left alone."""
        with suppress(Refused), our_errors():
            self._v1.payment_methods.detach(card_id)

    def create_page(
        self, bill: Bill, *, save_card: bool, expires_at: datetime, success_url: str, cancel_url: str, key: str
    ) -> HostedPage:
        """Open a hosted payment page for `bill`; with `save_card` the card is kept for later charges."""
        params = asked.new_page(
            bill, save_card=save_card, expires_at=expires_at, success_url=success_url, cancel_url=cancel_url
        )
        return self._new_page(params, key)

    def create_setup_page(
        self, customer: str, mark: str, *, expires_at: datetime, success_url: str, cancel_url: str, key: str
    ) -> HostedPage:
        """Open a hosted page on which the customer's card is kept and nothing paid; `mark` finds our row again."""
        params = asked.new_setup_page(
            customer, mark, expires_at=expires_at, success_url=success_url, cancel_url=cancel_url
        )
        return self._new_page(params, key)

    def _new_page(self, params: dict[str, Any], key: str) -> HostedPage:
        with our_errors():
            return answers.page(self._v1.checkout.sessions.create(cast(Any, params), {"idempotency_key": key}))

    def page(self, page_id: str) -> HostedPage:
        """The page as it is now, with the intent that paid it or the card that it kept."""
        with our_errors():
            return answers.page(self._v1.checkout.sessions.retrieve(page_id, {"expand": WHOLE_PAGE}))

    def close_page(self, page_id: str) -> HostedPage:
        """Close the page if it is open; returns what it turned out to be, `expired` or `complete`."""
        seen = self.page(page_id)
        if seen.status != "open":
            return seen
        try:
            with our_errors():
                self._v1.checkout.sessions.expire(page_id)
        except Refused:
            pass  # paid or expired in between: what it is now is read back below
        return self.page(page_id)

    def create_intent(self, bill: Bill, card: str, *, key: str) -> Intent:
        """Make an unconfirmed PaymentIntent on a saved card: it takes no money by itself."""
        with our_errors():
            return answers.intent(
                self._v1.payment_intents.create(cast(Any, asked.new_intent(bill, card)), {"idempotency_key": key})
            )

    def confirm_intent(self, intent_id: str, card: str, *, key: str) -> Intent:
        """Take the money off-session; raises Declined."""
        params: dict[str, Any] = {"payment_method": card, "off_session": True, "expand": asked.WHOLE_INTENT}
        with our_errors():
            return answers.intent(
                self._v1.payment_intents.confirm(intent_id, cast(Any, params), {"idempotency_key": key})
            )

    def intent(self, intent_id: str) -> Intent:
        """The intent as it is now."""
        with our_errors():
            return answers.intent(self._v1.payment_intents.retrieve(intent_id, {"expand": asked.WHOLE_INTENT}))

    def cancel_intent(self, intent_id: str) -> Intent:
        """Cancel the intent if it can be; returns it as read back, `canceled` or `succeeded`."""
        try:
            with our_errors():
                self._v1.payment_intents.cancel(intent_id)
        except Refused:
            pass  # it has ended already: how, is read back below
        return self.intent(intent_id)

    def refund(self, intent_id: str, amount: int, *, mark: str, key: str) -> RefundSeen:
        """Give back `amount` minor units of what the intent took; `mark` finds the refund again."""
        params: dict[str, Any] = {"payment_intent": intent_id, "amount": amount, "metadata": {"mark": mark}}
        with our_errors():
            return answers.refund(self._v1.refunds.create(cast(Any, params), {"idempotency_key": key}))

    def find_refund(self, intent_id: str, mark: str) -> RefundSeen | None:
        """The refund of this intent that carries `mark`, if there is one."""
        with our_errors():
            for made in self._v1.refunds.list({"payment_intent": intent_id, "limit": 100}).auto_paging_iter():
                if made.metadata and made.metadata.to_dict().get("mark") == mark:
                    return answers.refund(made)
        return None

    def refund_charge(self, charge_id: str, *, key: str) -> RefundSeen:
        """Give back all that is left of a charge that no order of ours was paid by."""
        with our_errors():
            return answers.refund(self._v1.refunds.create({"charge": charge_id}, {"idempotency_key": key}))

    def refund_seen(self, refund_id: str) -> RefundSeen:
        """The refund as it is now: the customer's bank may send it back days later."""
        with our_errors():
            return answers.refund(self._v1.refunds.retrieve(refund_id))

    def dispute(self, dispute_id: str) -> DisputeSeen:
        """The dispute as it is now."""
        with our_errors():
            return answers.dispute(self._v1.disputes.retrieve(dispute_id))

    def disputes(self, intent_id: str) -> list[DisputeSeen]:
        """All disputes of what the intent took, as they are now."""
        with our_errors():
            found = self._v1.disputes.list({"payment_intent": intent_id, "limit": 100})
            return [answers.dispute(each) for each in found.auto_paging_iter()]

    def warning(self, warning_id: str) -> WarningSeen:
        """A bank's early warning of fraud."""
        with our_errors():
            return answers.warning(self._v1.radar.early_fraud_warnings.retrieve(warning_id))


def gateway() -> StripeGateway:
    """The gateway of the current app's settings; raises NoKeys without a key."""
    key = str(setting("STRIPE_SECRET_KEY"))
    if not key:
        raise NoKeys("No Stripe key is set, so nothing can be charged. Set STRIPE_SECRET_KEY.")
    return _shared(key, str(setting("STRIPE_API_BASE")).rstrip("/"), os.getpid())


@functools.lru_cache(maxsize=8)
def _shared(key: str, base: str, process: int) -> StripeGateway:
    """Its connections are this process's: after a fork two would read each other's answers."""
    return StripeGateway(key, base)
