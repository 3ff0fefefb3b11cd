"""Each mail names the next step in its first sentence: read by eye, written down here, and held for other cases."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from kits import host
from kits.clock import today
from shop.links import order_url
from shop.sample_mails import values
from shop.work.letters import letter
from shop.work.mailing.layout import OPEN, laid_out
from shop.work.outbox import Letter
from subscriptions import notices
from subscriptions.controls import telling
from subscriptions.sample_mails import values as plans
from tests.shop.admin.mails.test_templates import NAMES, template

WAY_ON = re.compile(r"\b[Pp]lease |\byou need do nothing\b|^Open this link to ")
"""What to do, or that there is nothing to do."""
REVIEWED = {
    "shop/mails/alarm": "Please look at the shop: something in it has gone wrong",
    "shop/mails/alarm_over": "All is well again with workers; you need do nothing",
    "shop/mails/dead": "Please look at the mail server: it has taken no mails for 72 hours, and we have given some up",
    "shop/mails/dispute": "Please answer a dispute: the customer's bank is looking into the payment of order NUMBER",
    "shop/mails/erased": "Your account and your data are erased, as you asked; you need do nothing",
    "shop/mails/order_confirmed": "Thank you: your order is paid and we are packing it; you need do nothing",
    "shop/mails/order_link": "Open this link to see your order",
    "shop/mails/parcel_delivered": "Your order has arrived; if it is not with you, please reply to this mail",
    "shop/mails/parcel_sent": "Your order is on its way; you need do nothing",
    "shop/mails/refund": "AMOUNT goes back to your card ending in 4242; you need do nothing",
    "shop/mails/refund_failed": "Please try again to refund AMOUNT of order NUMBER: it did not go back",
    "shop/mails/refused": (
        "Please check the address of mail number 1 and send it again: the mail server refused it, so its recipient "
        "does not know what it says"
    ),
    "shop/mails/return_agreed": "Please send back by DAY what we agreed to take back of order NUMBER",
    "shop/mails/return_ended": (
        "No money goes back for what you sent back of order NUMBER; if you see this differently, please reply to this "
        "mail"
    ),
    "shop/mails/sign_in": "Open this link to sign in to your account",
    "shop/mails/stock_alerts": "Please look at the stock: it has crossed a mark",
    "shop/mails/warned": (
        "Please look at order NUMBER: the customer's bank warns that its payment of AMOUNT may be fraud"
    ),
    "shop/mails/withdrawn": "We have received your withdrawal; please send the goods back by DAY",
    "subscriptions/mails/advance_notice": (
        "We will charge AMOUNT for your next serum refill on DAY; you need do nothing"
    ),
    "subscriptions/mails/backup_pays": "Your backup card now pays your refills; you need do nothing",
    "subscriptions/mails/box_waits": (
        "Please choose whether we send or refund your paid refill; until then it is not packed"
    ),
    "subscriptions/mails/card_expires": (
        "Please save your new card before DAY, when we charge your next refill; it takes a minute"
    ),
    "subscriptions/mails/card_needed": "Please add a card for your refills; it takes a minute",
    "subscriptions/mails/ended": "Your refills have ended; you need do nothing and nothing more is charged",
    "subscriptions/mails/owner_refill_waits": "Please receive stock: refill 1 of order NUMBER waits for it",
    "subscriptions/mails/pay_link": (
        "Please pay for your refill with this link; it takes a minute, and it works once within 14 days"
    ),
    "subscriptions/mails/plan_changed": (
        "Session 10 is skipped; you need do nothing: the next charge is AMOUNT on DAY"
    ),
    "subscriptions/mails/plan_held": (
        "Your plan is on hold; you need do nothing, and nothing is charged or sent until you let it go on"
    ),
    "subscriptions/mails/plan_unanswered": (
        "Please read the notice on who must not use the kit and confirm it, so that your plan goes on"
    ),
    "subscriptions/mails/price_change": (
        "From your refill of about DAY on, each refill costs AMOUNT instead of AMOUNT; if you agree, you need do "
        "nothing"
    ),
    "subscriptions/mails/recall": (
        "Please stop using lot S-0702 of Serum, three months, and ask for its replacement on your order's page"
    ),
    "subscriptions/mails/recall_goes_on": "Your plan goes on; you need do nothing",
    "subscriptions/mails/recall_replaced": (
        "Your replacement is there and we are packing it; you need do nothing and nothing is charged"
    ),
    "subscriptions/mails/refill_declined": (
        "Your card was declined, and you need do nothing: we try it again on DAY, or you can pay in person now"
    ),
    "subscriptions/mails/refill_needs_you": "Please pay for your refill in person; it takes a minute",
    "subscriptions/mails/refill_paid": "Your refill is paid and we are packing it; you need do nothing",
    "subscriptions/mails/refill_replaced": "We send refill 1 of your plan once more, for nothing; you need do nothing",
    "subscriptions/mails/refill_waits": (
        "Your refill is delayed because the serum is not in stock; you need do nothing and nothing was charged"
    ),
    "subscriptions/mails/reminder": (
        "Your refills go on, and you need do nothing; to end them at no cost, use the link below before DAY"
    ),
}


def first_sentence(mail: Letter) -> str:
    """Up to its end, or up to the colon before a link or a list."""
    return re.split(r"\.\s|:\n", mail.text.strip(), maxsplit=1)[0]


def neutral(sentence: str) -> str:
    days = re.sub(r"[A-Z][a-z]{2} \d{1,2} [A-Z][a-z]+ \d{4}", "DAY", sentence)
    return re.sub(r"£[\d.]+\d", "AMOUNT", days).replace(values.NUMBER, "NUMBER")


@pytest.mark.parametrize("name", NAMES, ids=str)
def test_the_first_sentence_was_read_and_names_the_next_step(kit: str, app: Flask, now: datetime, name: Path) -> None:
    said = first_sentence(template(name).sample(now))
    host.end_reads()
    assert neutral(said) == REVIEWED[str(name)]
    assert WAY_ON.search(said)


@pytest.mark.parametrize("name", NAMES, ids=str)
def test_text_and_html_say_the_same_and_each_button_says_where_it_leads(
    kit: str, app: Flask, now: datetime, name: Path
) -> None:
    sample = template(name).sample(now)
    host.end_reads()
    blocks = [block for part in laid_out(sample.text) for block in part.blocks]
    buttons = [pair for block in blocks if block.kind == "button" for pair in block.pairs]
    titles = [title for title, _ in buttons]
    assert OPEN not in titles
    assert len(titles) == len(set(titles))
    for _, address in buttons:
        assert f'href="{address}"' in sample.html
    plain = " ".join(re.sub(r"<[^>]+>|&nbsp;", " ", sample.html).split())
    assert first_sentence(sample).split()[-1].replace("'", "&#39;") in plain


def dispute(now: datetime, state: str) -> Letter:
    payment = values.payment(now)
    payment.dispute = state
    return letter("x", "shop/mails/dispute", order=payment.order, payment=payment, url="https://x.example/")


def parcel(now: datetime, name: str, number: int, to_come: dict[str, int]) -> Letter:
    sent, order = values.parcel(now), values.order(now)
    sent.number = number
    about: dict[str, Any] = {"withdraw_url": "https://x.example/", "today": today(now), "as_text": str}
    about |= {"order": order, "parcel": sent, "lots": [], "links": [], "tracking_page": "", "url": order_url("x")}
    return letter("x", f"shop/mails/{name}", to_come=to_come, **about)


def announced(now: datetime, *, must_confirm: bool, card_missing: bool) -> Letter:
    refill = plans.subscription(now).refills[0]
    refill.must_confirm = must_confirm
    more: dict[str, Any] = {"changed": [], "asked": None, "price_before": None, "since": [], "card_url": order_url("x")}
    notice = {"version": "1", "text": "Text.", "effective_from": today(now)}
    return notices.written(refill, "advance_notice", "x", card_missing=card_missing, notice=notice, **more)


def with_no_charge_to_come(now: datetime) -> Letter:
    plan = plans.subscription(now)
    for refill in plan.refills:
        refill.state = "shipped"
    return telling.changed_letter(plan, "Your plan goes on.", (), (), now)


def recalled_after_use(now: datetime) -> Letter:
    case = {"lot": values.serum(now), "message": "M.", "units": 1, "url": "https://x.example/", "number": "R-1"}
    return letter("x", "subscriptions/mails/recall", serves=False, held=False, charging=False, **case)


OTHER_CASES: dict[str, Callable[[datetime], Letter]] = {
    "dispute lost": lambda now: dispute(now, "lost"),
    "dispute won": lambda now: dispute(now, "won"),
    "a part sent": lambda now: parcel(now, "parcel_sent", 1, {"Serum": 1}),
    "the rest sent": lambda now: parcel(now, "parcel_sent", 2, {}),
    "a part delivered": lambda now: parcel(now, "parcel_delivered", 1, {"Serum": 1}),
    "announced, waits for a yes": lambda now: announced(now, must_confirm=True, card_missing=False),
    "announced, card missing": lambda now: announced(now, must_confirm=False, card_missing=True),
    "no charge to come": with_no_charge_to_come,
    "recalled after use": recalled_after_use,
}


@pytest.mark.parametrize("case", OTHER_CASES)
def test_so_it_does_in_the_cases_that_no_sample_shows(kit: str, app: Flask, now: datetime, case: str) -> None:
    said = first_sentence(OTHER_CASES[case](now))
    host.end_reads()
    assert WAY_ON.search(said), said
