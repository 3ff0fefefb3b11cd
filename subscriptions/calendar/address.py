"""The address of a plan's calendar: signed with the shop's key, and no longer good once its customer signs out
everywhere, or is erased.
"""

from __future__ import annotations

import hashlib

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from kits.errors import NotFound
from shop.customers.tables import Customer
from shop.links import external
from shop.work.outbox import OutboxMail
from subscriptions.tables import Refill, Subscription


def address(plan: Subscription) -> str:
    """The whole address."""
    token = _signer().dumps([plan.id, plan.customer.sign_ins])
    return external("refillery_calendar.feed", token=token)


def found(session: Session, token: str) -> Subscription:
    """The plan behind an address, with all its calendar tells; raises NotFound."""
    try:
        plan_id, sign_ins = _signer().loads(token)
    except BadSignature as error:
        raise NotFound(GONE) from error
    mine = select(Subscription).join(Subscription.customer)
    mine = mine.where(Subscription.id == plan_id, Customer.sign_ins == sign_ins, Customer.erased_at.is_(None))
    dates = selectinload(Subscription.refills)
    notice = dates.joinedload(Refill.notice).load_only(OutboxMail.queued_at, OutboxMail.sent_at)
    whole = mine.options(joinedload(Subscription.order), dates.joinedload(Refill.order), notice)
    plan = session.scalars(whole).first()
    if plan is None:
        raise NotFound(GONE)
    return plan


GONE = "There is no such calendar. Your order and your account show its address."


def _signer() -> URLSafeSerializer:
    keys = [*(current_app.config.get("SECRET_KEY_FALLBACKS") or ()), current_app.config["SECRET_KEY"]]
    strong = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeSerializer(keys, salt="refillery.calendar", signer_kwargs=strong)
