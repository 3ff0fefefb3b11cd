"""Reading through what one account at Stripe holds, page by page, the newest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar, cast

from shop.payments.gateway import stripe_answers as answers
from shop.payments.gateway import stripe_requests as asked
from shop.payments.gateway.contract import Intent
from shop.payments.gateway.seen import ChargeSeen, DisputeSeen, RefundSeen
from shop.payments.gateway.stripe_gateway import Calls, our_errors

Seen = TypeVar("Seen")


@dataclass(frozen=True)
class Span:
    """What was made at `since` or later, and not after `until`."""

    since: datetime
    until: datetime


@dataclass(frozen=True)
class Page(Generic[Seen]):
    """A page of a list, up to 100 rows, and whether there is `more`."""

    rows: Sequence[Seen]
    more: bool


class Lists:
    """In each list `after` is the id of the last one of the page before; None asks for the first page."""

    _v1: Calls

    def intents(self, span: Span) -> Iterator[Intent]:
        """All intents of a span."""
        wanted = asked.a_page(span.since, span.until, None)
        wanted["expand"] = [f"data.{name}" for name in asked.WHOLE_INTENT]
        with our_errors():
            for each in self._v1.payment_intents.list(cast(Any, wanted)).auto_paging_iter():
                yield answers.intent(each)

    def charges(self, span: Span, after: str | None) -> Page[ChargeSeen]:
        """A page of charges, those that the bank refused, too."""
        return _page(self._v1.charges.list, answers.charge, span, after)

    def refunds(self, span: Span, after: str | None) -> Page[RefundSeen]:
        """A page of refunds, whoever made them."""
        return _page(self._v1.refunds.list, answers.refund, span, after)

    def all_disputes(self, span: Span, after: str | None) -> Page[DisputeSeen]:
        """A page of disputes that began in the span."""
        return _page(self._v1.disputes.list, answers.dispute, span, after)

    def charge(self, charge_id: str) -> ChargeSeen:
        """A charge as it is now; raises Refused for one that the gateway does not know."""
        with our_errors():
            return answers.charge(self._v1.charges.retrieve(charge_id))


def _page(ask: Any, read: Callable[[Any], Seen], span: Span, after: str | None) -> Page[Seen]:
    with our_errors():
        page = ask(asked.a_page(span.since, span.until, after))
    return Page([read(each) for each in page.data], page.has_more)
