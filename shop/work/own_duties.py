"""The shop's own duties, in the order in which a round works them."""

from __future__ import annotations

from shop.customers.personal.aftermath import ERASURE_DUTIES
from shop.customers.personal.keeping import KEEPING_DUTY
from shop.customers.signing_in.asking import LINK_DUTY
from shop.payments.cards.learning import LEAVING_DUTY
from shop.payments.giving_back.refunds import REFUND_DUTY
from shop.payments.hosted.release import ABANDONED_DUTY
from shop.payments.webhooks import OLD_EVENTS_DUTY, WEBHOOK_DUTY
from shop.stock.alerts import STOCK_DUTY
from shop.work import timetable  # noqa: F401 - its table belongs to the shop's
from shop.work.mailing.clearing import CLEARING_DUTY
from shop.work.mailing.sending import MAIL_DUTY

OWN_DUTIES = (
    WEBHOOK_DUTY,
    LINK_DUTY,
    MAIL_DUTY,
    REFUND_DUTY,
    LEAVING_DUTY,
    ABANDONED_DUTY,
    STOCK_DUTY,
    CLEARING_DUTY,
    OLD_EVENTS_DUTY,
    *ERASURE_DUTIES,
    KEEPING_DUTY,
)
