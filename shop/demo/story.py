"""What the demo prints: what to open, who to be, what to watch."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from kits.catalogue.first_kit import SLUG
from kits.catalogue.session_plan import SessionPlan
from shop.demo import seed


def told(app: str, settings: Mapping[str, str], kept: bool) -> str:
    """The text, with the commands that move the seeded customer's plan on."""
    url, run = settings["SHOP_URL"], f".venv/bin/flask --app {app} --env-file instance/demo.env"
    plan = SessionPlan(seed.SESSIONS, seed.EVERY_WEEKS, date.today() - timedelta(days=seed.DAYS_AGO))  # noqa: DTZ011
    charge = plan.refill_needs[1] - timedelta(days=7)
    steps = (
        ("the advance notice of her next refill", charge - timedelta(days=9)),
        ("its charge", charge),
        ("the end of her plan", plan.last_session + relativedelta(days=1)),
    )
    watch = "\n".join(f"  {run} shop work --once --as-of {day}T09:00   # {what}" for what, day in steps)
    return f"""
The shop      {url}/
The kit       {url}/kits/{SLUG}
Pay with      4242 4242 4242 4242 (any other test card of the payment page shows what goes wrong)
The admin     {url}/admin/    {seed.STAFF}, password: {seed.PASSWORD}
The stock     {url}/admin/stock    lots, the ledger and its proof; {url}/admin/forecast  what runs out when
A customer    {url}/account/  {seed.CUSTOMER}, half-way through her plan; the sign-in link comes by mail
Mails         instance/mail/
Stripe        the sandbox on {settings["STRIPE_API_BASE"]} (GET /_sandbox/charges lists what was charged)

Watch {"the plans" if kept else "Maria's plan"} go on; time moves forward only:
{watch}
  A decline: before the charge, let her card decline with
  {run} shop sandbox-card {seed.CUSTOMER} pm_card_chargeDeclined

Ctrl-C ends everything.
"""
