"""What became of it all: each refill as our books and the gateway's list have it, and whether that is right."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from kits import clock, host
from kits.stock import proof
from kits.stock.tables import HELD, Reservation
from shop.orders.tables import Order
from shop.payments.tables import OPEN, SAVED_CARD, Payment, PaymentAttempt, Refund, WebhookEvent
from shop.work.outbox import SENT, OutboxMail
from subscriptions.tables import Refill
from tests.bench import many
from tests.chaos.paying import Payers
from tests.chaos.right import Found, Kind, wrong
from tests.chaos.setting import World
from tests.chaos.storm import Storm

ABOUT_REFILLS = ("refill_paid", "refill_waits", "owner_refill_waits", "refill_declined", "refill_needs_you")


def violations(world: World, storm: Storm, payers: Payers, cases: Mapping[int, Kind]) -> Iterator[str]:
    """Sentences about all that is not as it must be."""
    charges = [each for each in world.sandbox("GET", "charges")["data"] if "refill" in each["metadata"]]
    found = ends(charges)
    for refill, kind in cases.items():
        for words in wrong(kind, found[refill], by_hand=refill in payers.paid):
            yield f"refill {refill} ({kind}): {words}"
    yield from _money(charges)
    yield from _stock()
    yield from _mails(world.mails, storm)
    yield from _left_over()
    if world.crew.died:
        yield f"{world.crew.died} workers ended by themselves"


def ends(charges: list[dict[str, Any]]) -> dict[int, Found]:
    """How each first refill ended, by its id."""
    charged, paid_by = _intents(charges), _payments()
    kept, mails = _kept(), _mails_about()
    of = select(Refill.id, Refill.state, Refill.order_id, Order.number, Order.state)
    rows = host.session().execute(of.outerjoin(Order, Order.id == Refill.order_id).where(Refill.number == 1))
    return {
        refill: Found(
            state=state,
            has_order=order_id is not None,
            order_state=order_state,
            charged=tuple(charged[number]),
            paid_by=tuple(paid_by[number]),
            kept=kept[number],
            mails=tuple(mails[refill]),
        )
        for refill, state, order_id, number, order_state in rows
    }


def _intents(charges: list[dict[str, Any]]) -> dict[str | None, list[str]]:
    """The intents that took money, by the number of their order."""
    found: dict[str | None, list[str]] = defaultdict(list)
    for charge in charges:
        found[charge["metadata"]["order"]].append(charge["payment_intent"])
    return defaultdict(list, {number: sorted(each) for number, each in found.items()})


def _payments() -> dict[str | None, list[str]]:
    found: dict[str | None, list[str]] = defaultdict(list)
    paid = select(Order.number, Payment.intent_id).join(Payment.order).order_by(Payment.intent_id)
    for number, intent in host.session().execute(paid):
        found[number].append(intent)
    return found


def _kept() -> Counter[str | None]:
    held = select(Reservation.order_number, func.sum(Reservation.quantity)).where(Reservation.state == HELD)
    found = host.session().execute(held.group_by(Reservation.order_number))
    return Counter({number: int(units) for number, units in found})


def _mails_about() -> dict[int, list[str]]:
    """The kinds of the mails about each refill, sorted."""
    found: dict[int, list[str]] = defaultdict(list)
    for key in host.session().scalars(select(OutboxMail.key).where(OutboxMail.id < many.BASE)):
        kind, _, rest = key.partition("-")
        if kind in ABOUT_REFILLS:
            found[int(rest.partition("-")[0])].append(kind)
    return defaultdict(list, {refill: sorted(kinds) for refill, kinds in found.items()})


def _money(charges: list[dict[str, Any]]) -> Iterator[str]:
    ours = select(Order.number, Order.total_amount).where(Order.kind == "refill")
    totals = dict(host.session().execute(ours).all())
    for charge in charges:
        number = charge["metadata"]["order"]
        if charge["amount"] != totals.get(number):
            yield f"{charge['id']} took {charge['amount']} for order {number}, which is over {totals.get(number)}"
        if charge["refunded"]:
            yield f"{charge['id']} was given back"
    used = select(func.count()).select_from(Refill).where(Refill.order_id.is_not(None))
    if len(totals) != (of_refills := host.session().scalar(used)):
        yield f"there are {len(totals)} orders of refills, and {of_refills} refills have one"
    if refunds := host.session().scalar(select(func.count()).select_from(Refund)):
        yield f"{refunds} refunds were asked for"


def _stock() -> Iterator[str]:
    for each in proof.prove(host.session(), clock.now()).disagreements:
        yield f"stock: {each}"
    stray = select(Reservation.order_number).where(Reservation.order_number.not_in(select(Order.number)))
    yield from (f"stock is kept for {number}, which is no order" for number in host.session().scalars(stray))


def _mails(folder: Path, storm: Storm) -> Iterator[str]:
    """One row a mail, whose Message-ID never changed, and which was sent under it and no other."""
    if storm.changed:
        yield f"{storm.changed} mails have changed their Message-ID"
    of = select(OutboxMail.id, OutboxMail.state, OutboxMail.message_id).where(OutboxMail.id < many.BASE)
    rows = host.session().execute(of).all()
    if len({message_id for _, _, message_id in rows}) != len(rows):
        yield "two mails have one Message-ID"
    for mail, state, message_id in rows:
        path = folder / f"{mail:08d}.eml"
        if state != SENT:
            yield f"mail {mail} is {state}"
        elif not path.exists() or _message_id(path) != message_id:
            yield f"mail {mail} was not sent as {message_id}"
    for path in folder.glob("*.eml"):
        if int(path.stem) not in storm.message_ids:
            yield f"{path.name} was sent, and stands in no outbox"


def _message_id(path: Path) -> str:
    with path.open("rb") as file:
        return str(BytesHeaderParser().parse(file)["Message-ID"]).strip()


def _left_over() -> Iterator[str]:
    """Charges whose outcome is not known, and events that were not worked on."""
    hangs = PaymentAttempt.state.in_(OPEN), PaymentAttempt.way == SAVED_CARD
    for what, query in (
        ("charges without a known outcome", select(PaymentAttempt.id).where(*hangs)),
        ("events not worked on", select(WebhookEvent.id).where(WebhookEvent.processed_at.is_(None))),
    ):
        if found := host.session().scalars(query).all():
            yield f"{len(found)} {what}: {list(found)[:5]}"
