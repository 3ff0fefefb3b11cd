"""Which function serves which of Stripe's calls."""

from __future__ import annotations

from shop.sandbox.checkout import sessions
from shop.sandbox.events import resources as events
from shop.sandbox.payments import charges, disputes, intents, refunds, setups, warnings
from shop.sandbox.people import account, customers, payment_methods
from shop.sandbox.wire.answering import Handler

HANDLERS: dict[str, Handler] = {
    "account.retrieve": account.retrieve,
    "customers.list": customers.list_customers,
    "customers.create": customers.create,
    "customers.retrieve": customers.retrieve,
    "customers.update": customers.update,
    "customers.delete": customers.delete,
    "customers.payment_methods.list": customers.list_methods,
    "payment_methods.list": payment_methods.list_methods,
    "payment_methods.create": payment_methods.create,
    "payment_methods.retrieve": payment_methods.retrieve,
    "payment_methods.update": payment_methods.update,
    "payment_methods.attach": payment_methods.attach,
    "payment_methods.detach": payment_methods.detach,
    "checkout.sessions.list": sessions.list_sessions,
    "checkout.sessions.create": sessions.create,
    "checkout.sessions.retrieve": sessions.retrieve,
    "checkout.sessions.update": sessions.update,
    "checkout.sessions.expire": sessions.expire_session,
    "checkout.sessions.line_items.list": sessions.list_lines,
    "payment_intents.list": intents.list_intents,
    "payment_intents.create": intents.create,
    "payment_intents.retrieve": intents.retrieve,
    "payment_intents.update": intents.update,
    "payment_intents.confirm": intents.confirm_intent,
    "payment_intents.cancel": intents.cancel_intent,
    "setup_intents.list": setups.list_setups,
    "setup_intents.create": setups.create,
    "setup_intents.retrieve": setups.retrieve,
    "setup_intents.update": setups.update,
    "setup_intents.confirm": setups.confirm_intent,
    "setup_intents.cancel": setups.cancel,
    "refunds.list": refunds.list_refunds,
    "refunds.create": refunds.create,
    "refunds.retrieve": refunds.retrieve,
    "refunds.update": refunds.update,
    "charges.list": charges.list_charges,
    "charges.retrieve": charges.retrieve,
    "charges.update": charges.update,
    "events.list": events.list_events,
    "events.retrieve": events.retrieve_event,
    "disputes.list": disputes.list_disputes,
    "disputes.retrieve": disputes.retrieve,
    "disputes.close": disputes.close,
    "radar.early_fraud_warnings.list": warnings.list_warnings,
    "radar.early_fraud_warnings.retrieve": warnings.retrieve,
    "webhook_endpoints.list": events.list_endpoints,
    "webhook_endpoints.create": events.create_endpoint,
}
