"""What each regime asks of a plan with refills, as one table. Pure.

It is how we read the statutes, not legal advice; `docs/subscription-law.md`
says what is taken from where, and what we do beyond it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

UK_2013, UK_DMCC, EU = "uk_2013", "uk_dmcc", "eu"
SUBJECTS = ("key information", "reminders", "cooling-off", "ending", "refunds")


@dataclass(frozen=True)
class Regime:
    """One law.

    `cooling_off` runs from the day after the first parcel has come;
    `reminder_months` is the length of the periods whose last charge is
    reminded of (None: the law asks for no reminder); `end_confirmed` is how
    soon an end is confirmed by mail, `refund` how soon money goes back.
    `sources` names a provision for each of SUBJECTS; `adds` are sentences
    that the key information has under this law alone.
    """

    code: str
    title: str
    cooling_off: timedelta
    reminder_months: int | None
    end_confirmed: timedelta
    refund: timedelta
    sources: Mapping[str, str]
    adds: tuple[str, ...] = field(default=())


REGIMES = {
    each.code: each
    for each in (
        Regime(
            code=UK_2013,
            title="the Consumer Contracts Regulations 2013 (United Kingdom)",
            cooling_off=timedelta(days=14),
            reminder_months=None,
            end_confirmed=timedelta(hours=24),
            refund=timedelta(days=14),
            sources={
                "key information": "regulations 13 and 14 and Schedule 2",
                "reminders": "none asked",
                "cooling-off": "regulations 29 and 30",
                "ending": "none asked beyond the contract",
                "refunds": "regulation 34",
            },
        ),
        Regime(
            code=UK_DMCC,
            title="the Digital Markets, Competition and Consumers Act 2024, Part 4 Chapter 2 (United Kingdom)",
            cooling_off=timedelta(days=14),
            reminder_months=6,
            end_confirmed=timedelta(hours=24),
            refund=timedelta(days=14),
            sources={
                "key information": "sections 256 and 257 and Schedule 23",
                "reminders": "sections 258 and 259",
                "cooling-off": "sections 264 to 266",
                "ending": "sections 260 and 261",
                "refunds": "section 261(2)(b) and regulations under section 267",
            },
            adds=(
                "At least once in six months a mail of its own reminds you that the refills go on, "
                "what the next one costs and how to end them.",
                "When you end the refills we confirm it by mail within 24 hours, and pay back anything paid too much.",
            ),
        ),
        Regime(
            code=EU,
            title="Directive 2011/83/EU on consumer rights (European Union)",
            cooling_off=timedelta(days=14),
            reminder_months=None,
            end_confirmed=timedelta(hours=24),
            refund=timedelta(days=14),
            sources={
                "key information": "Articles 6 and 8(2)",
                "reminders": "none asked",
                "cooling-off": "Articles 9 and 11a (the latter by Directive (EU) 2023/2673)",
                "ending": "none asked beyond the contract",
                "refunds": "Article 13",
            },
            adds=("To withdraw, press “Withdraw from contract here” on your order’s page, at any time in those days.",),
        ),
    )
}


def regime(code: str) -> Regime:
    """The regime of this code; that of a contract made under one which is not known any more is the 2013 one."""
    return REGIMES.get(code, REGIMES[UK_2013])
