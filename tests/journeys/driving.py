"""Drives the real use cases from a test: buying a kit, letting time pass, working what is due, reading back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import ColumnElement, CompoundSelect, and_, exists, literal, select, union_all, update

from kits import clock, host
from kits.settings import timezone
from shop.orders.basket import Wish
from shop.orders.checkout import Address, Purchase, place
from shop.orders.tables import Order
from shop.payments.hosted.start import pay_in_person
from shop.payments.settle import settle_page
from shop.registers import registers
from shop.work import duties
from shop.work.demo_clock import tell_sandbox
from shop.work.leases import ClaimedRow
from shop.work.running import looking
from subscriptions.tables import Refill, Subscription
from tests.servers.sandbox import Sandbox

CARD = "4242424242424242"
MAX_ROUNDS = 60


@dataclass(frozen=True)
class Bought:
    """An order as plain values; `subscription_id` is None without refills, or while it is not paid."""

    order_id: int
    number: str
    token: str
    subscription_id: int | None


@dataclass(frozen=True)
class RefillSeen:
    """A refill as plain values, so that reading it leaves no transaction open."""

    id: int
    number: int
    state: str
    needed_on: date
    notice_on: date
    charge_on: date
    retry_on: date | None
    paid_on: date | None
    notice_amount: int | None
    order_id: int | None


def morning(day: date) -> datetime:
    """Nine o'clock of a day in the shop's zone."""
    return datetime.combine(day, time(9), timezone())


class Driver:
    """What a customer and the days do to the shop of `app`'s pushed context."""

    def __init__(self, kit: str, sandbox: Sandbox) -> None:
        self.kit, self.sandbox, self._buyers = kit, sandbox, 0

    def order(self, **wanted: object) -> Bought:
        """Place an order from today on, unpaid; `wanted` as for `purchase`."""
        return self.seen(place(self.purchase(**wanted), now=clock.now()))  # type: ignore[arg-type]

    def purchase(
        self,
        sessions: int = 10,
        every_weeks: int = 4,
        quantity: int = 1,
        refills: bool = True,
        email: str = "",
        submission: str | None = None,
    ) -> Purchase:
        """What a checkout hands in: a kit for a plan that starts today."""
        self._buyers += 1
        wish = Wish(self.kit, quantity, sessions, every_weeks, clock.today(clock.now()), refills)
        address = Address("1 Garden Row", "London", "SE1 6HA", "GB")
        buyer = email or f"buyer{self._buyers}@example.org"
        return Purchase(buyer, "A Buyer", address, (wish,), "1", True, submission)

    def page(self, order_id: int) -> str:
        """The address of the sandbox's page on which the order can be paid."""
        return pay_in_person(order_id, now=clock.now())

    def pay(self, url: str, card: str = CARD, expires: str = "") -> str:
        """Fill in the page as a browser would; returns its id. Nothing is settled yet."""
        answer = self.sandbox.pay(url, card, expires)
        assert answer.status_code == 303, answer.text
        return parse_qs(urlsplit(answer.headers["Location"]).query)["page_id"][0]

    def buy(self, *, card: str = CARD, expires: str = "", **order: object) -> Bought:
        """Order, pay and come back to the shop."""
        order_id = self.order(**order).order_id
        settle_page(self.pay(self.page(order_id), card, expires), now=clock.now())
        return self.seen(order_id)

    def travel(self, to: date | datetime, *, work: bool = True) -> datetime:
        """Let both clocks go forward to a moment (of a day: nine o'clock) and work what is due then."""
        moment = to if isinstance(to, datetime) else morning(to)
        shown = clock.move_to(moment)
        tell_sandbox(shown)
        if work:
            self.work()
        return shown

    def work(self, most: int = MAX_ROUNDS, *, but: Collection[str] = ()) -> None:
        """Work until nothing is due, `but` duties of these names; what waits after a failure need not wait: as if its
        time had passed.
        """
        ours = [duty for duty in registers().duties if duty.name not in but]
        for _ in range(most):
            # What is due by then is worked before anyone looks again: to look is most of the work.
            done = sum(duties.one_round([duty]) for duty in looking.every(ours, clock.now()))
            if not done and not self._hurry(ours):
                return
        raise AssertionError(f"still something to do after {most} rounds")

    def _hurry(self, ours: Iterable[duties.Duty]) -> bool:
        """Free the rows that wait, unless a worker holds them; True when there were any."""
        tables = tuple(dict.fromkeys(duty.table for duty in ours))
        found = host.session().scalars(_which_wait(tables)).all()
        host.end_reads()
        for which in found:
            with host.unit() as session:
                session.execute(update(tables[which]).where(_waits(tables[which])).values(free_at=0.0))
        return bool(found)

    def until_due(self, bought: Bought, number: int = 1) -> RefillSeen:
        """Let time pass until the refill's charge is due; not charged yet."""
        self.travel(self.refill(bought, number).notice_on)
        refill = self.refill(bought, number)
        assert refill.state == "notified", refill
        self.travel(refill.charge_on, work=False)
        return self.refill(bought, number)

    def seen(self, order_id: int) -> Bought:
        """The order as it is now."""
        session = host.session()
        number, token = session.execute(select(Order.number, Order.token).where(Order.id == order_id)).one()
        subscription = session.scalar(select(Subscription.id).where(Subscription.order_id == order_id))
        host.end_reads()
        return Bought(order_id, number, token, subscription)

    def state(self, order_id: int | None) -> str:
        """The order's state now."""
        found = host.session().scalar(select(Order.state).where(Order.id == order_id))
        host.end_reads()
        assert found is not None
        return found

    def refill(self, bought: Bought, number: int = 1) -> RefillSeen:
        """One refill of the order's plan, as it is now."""
        return self.refills(bought)[number - 1]

    def refills(self, bought: Bought) -> list[RefillSeen]:
        """All refills of the order's plan, as they are now."""
        of = select(Refill).join(Subscription).where(Subscription.order_id == bought.order_id).order_by(Refill.number)
        rows = host.session().scalars(of).all()
        seen = [RefillSeen(**{name: getattr(row, name) for name in RefillSeen.__annotations__}) for row in rows]
        host.end_reads()
        return seen

    def charges(self) -> Counter[tuple[str, str]]:
        """How many charges took money, by root order and refill (`-`: the first payment), refunded ones too."""
        each = (charge["metadata"] for charge in self.sandbox.charges())
        return Counter((about["root_order"], about.get("refill", "-")) for about in each)

    def faults(self) -> list[dict[str, object]]:
        """The faults that have not struck yet."""
        return list(self.sandbox._said("GET", "faults")["data"])

    def card_behaves(self, bought: Bought, card: str | None) -> None:
        """From now on the saved card acts as another test card; None: as itself."""
        saved = host.session().scalar(select(Subscription.card).where(Subscription.id == bought.subscription_id))
        host.end_reads()
        self.sandbox._said("POST", f"cards/{saved}", {"behaves_like": card})


@cache
def _which_wait(tables: tuple[type[ClaimedRow], ...]) -> CompoundSelect[tuple[int]]:
    """The places of the tables that have rows which wait."""
    each = (select(literal(place)).where(exists().where(_waits(table))) for place, table in enumerate(tables))
    return union_all(*each)


def _waits(table: type[ClaimedRow]) -> ColumnElement[bool]:
    return and_(table.free_at > 0, table.claimed_by.is_(None))


def days(count: int) -> timedelta:
    """So many days."""
    return timedelta(days=count)
