"""What a regime asks us to say, in sentences."""

from __future__ import annotations

from datetime import date

from kits.dates import written
from subscriptions.law.regimes import Regime


def key_facts(law: Regime, last_session: date, price_notice_days: int) -> list[str]:
    """The key information of the refills, beside their amounts and days, which the checkout shows as a table."""
    days = law.cooling_off.days
    return [
        "We write to you at least 7 days before each charge, with the amount and the day.",
        "You can end the refills at any time, on your order’s page or from your account. "
        "What is not charged by then never will be. There you can also move a refill or leave it out, pause, and "
        "change your sessions, the boxes in a refill and the address.",
        "The price of a refill stays as it is here, and sending it costs nothing more: it goes by our cheapest "
        f"delivery. A higher price would be told to you by mail at least {price_notice_days} days before it holds, "
        "and you can end the refills first.",
        f"After your last session, on {written(last_session)}, nothing more is charged.",
        f"You can cancel within {days} days of receiving the kit or a refill, without giving a reason. The roller and "
        "the serum are sealed for hygiene: they can be sent back as long as the seal is not broken.",
        *law.adds,
    ]


def on_ending(law: Regime) -> str:
    """What the mail that confirms an end says of money."""
    return (
        "If something that you have paid for is not sent after all, its price goes back to the card that paid, "
        f"within {law.refund.days} days."
    )


def of_contract(law: Regime, made_on: date) -> str:
    """What the order's page says of the contract."""
    return (
        f"You agreed to the refills on {written(made_on)}, under {law.title}: you can withdraw from the kit, and from "
        f"each refill, within {law.cooling_off.days} days after it came."
    )
