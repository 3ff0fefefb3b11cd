"""The shop's mails, each with what causes it, who reads it, and a sample made of plain values: no real customer's."""

from __future__ import annotations

from shop.registers import CUSTOMER, OWNER, MailTemplate
from shop.sample_mails import of_orders, of_returns, of_the_shop

OWN_MAILS = (
    MailTemplate(
        "shop/mails/order_confirmed", "Order confirmed", "A kit order is paid.", CUSTOMER, of_orders.confirmed
    ),
    MailTemplate("shop/mails/parcel_sent", "Parcel sent", "A parcel leaves.", CUSTOMER, of_orders.sent),
    MailTemplate(
        "shop/mails/parcel_delivered", "Parcel delivered", "Staff say that a parcel has arrived.", CUSTOMER,
        of_orders.delivered,
    ),
    MailTemplate("shop/mails/refund", "Money goes back", "A refund is asked for.", CUSTOMER, of_orders.refunded),
    MailTemplate(
        "shop/mails/withdrawn", "Withdrawal received", "A customer withdraws from a contract.", CUSTOMER,
        of_returns.withdrawn,
    ),
    MailTemplate(
        "shop/mails/return_agreed", "Return agreed", "Staff agree to take goods back.", CUSTOMER, of_returns.agreed
    ),
    MailTemplate(
        "shop/mails/return_ended", "Return without a refund", "Staff close a return, and nothing is refunded.",
        CUSTOMER, of_returns.ended,
    ),
    MailTemplate(
        "shop/mails/sign_in", "Sign-in link", "A customer asks to sign in.", CUSTOMER, of_the_shop.sign_in
    ),
    MailTemplate(
        "shop/mails/order_link", "Link to an order", "Someone looks an order up by its number and address.", CUSTOMER,
        of_orders.link,
    ),
    MailTemplate(
        "shop/mails/erased", "Data erased", "A customer had their data erased.", CUSTOMER, of_the_shop.erased
    ),
    MailTemplate(
        "shop/mails/stock_alerts", "The stock needs a look", "Something runs low, is promised more often than "
        "there is, or expires soon.", OWNER, of_the_shop.stock_alerts,
    ),
    MailTemplate(
        "shop/mails/refund_failed", "A refund failed", "The gateway could not pay a refund back.", OWNER,
        of_orders.refund_failed,
    ),
    MailTemplate(
        "shop/mails/dispute", "A payment is disputed", "A customer's bank opens or decides a dispute.", OWNER,
        of_orders.disputed,
    ),
    MailTemplate(
        "shop/mails/warned", "A bank warns of fraud", "A bank takes a payment for fraud; it is not disputed.", OWNER,
        of_orders.warned,
    ),
    MailTemplate(
        "shop/mails/refused", "A mail was refused", "The mail server refuses a mail for good.", OWNER,
        of_the_shop.refused,
    ),
    MailTemplate(
        "shop/mails/dead", "Mails could not be sent", "Tries to send a mail have failed for days.", OWNER,
        of_the_shop.dead,
    ),
    MailTemplate(
        "shop/mails/alarm", "Something has gone wrong", "Something that is watched has been wrong for a while; "
        "again each day while it is.", OWNER, of_the_shop.alarm,
    ),
    MailTemplate(
        "shop/mails/alarm_over", "An alarm is over", "It is well again.", OWNER, of_the_shop.alarm_over
    ),
)  # fmt: skip
