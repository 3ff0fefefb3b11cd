"""What any life has in common: how it begins and time passes, and what must be true whatever was done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, suppress
from datetime import date, time
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kits import clock, host
from kits.catalogue import first_kit
from kits.errors import SoldOut
from subscriptions.replanning import replan
from subscriptions.tables import ACTIVE, NOTIFIED, Subscription
from tests.journeys.driving import Driver, days
from tests.lives.acting import Life
from tests.lives.ahead import next_day
from tests.lives.packing import HOUSEWORK
from tests.lives.rules.watching import Watch
from tests.lives.world import Beginning, arrives

LENGTH = 730
PLANS = 2
WITH_REFILLS = ((10, 4), (6, 4), (10, 3), (8, 3), (10, 2))
ZONES = ("Pacific/Honolulu", "America/New_York", "Europe/London", "Asia/Kathmandu", "Pacific/Auckland")
DAYS = (
    date(2027, 1, 31),
    date(2028, 2, 29),
    date(2027, 3, 27),  # the night before Europe's clocks go forward
    date(2027, 10, 30),  # and back
    date(2027, 9, 25),  # before New Zealand's go forward
    date(2028, 11, 4),  # before those of the United States go back
    date(2027, 8, 31),
)
HOURS = (time(0, 5), time(2, 30), time(9), time(23, 55))
beginnings = st.builds(
    Beginning,
    zone=st.sampled_from(ZONES),
    day=st.sampled_from(DAYS) | st.dates(date(2027, 1, 1), date(2029, 12, 31)),
    hour=st.sampled_from(HOURS),
    asks=st.sampled_from([False, False, True]),
)
DAYS_BETWEEN = (15, 25, 10, 5, 1, 0, None, None)
"""None: until the next refill is announced, because between its notice and its charge there is most to go wrong."""
LONGEST_WAIT = 120
lives = st.integers(0, PLANS - 1)


def act(**drawn: st.SearchStrategy[Any]) -> Callable[[Callable[..., object]], Any]:
    """A rule: some days pass, then `do` happens to one of the lives, which is begun anew if it is over. False says
    that nothing was done.
    """

    def made(do: Callable[..., object]) -> Any:
        def step(self: AnyLifeAtAll, which: int, after: int | None, **given: Any) -> None:
            if after is None:
                self.wait_for_notice(self.life(which))
            else:
                self.wait(after)
            done = do(self, self.life(which), **given) is not False
            self.to_work |= done
            type(self).done[do.__name__] += done

        step.__name__ = do.__name__
        return rule(which=lives, after=st.sampled_from(DAYS_BETWEEN), **drawn)(step)

    return made


class AnyLifeAtAll(RuleBasedStateMachine):
    """Customers with a plan each; `world` makes a shop for them."""

    world: Callable[[Beginning], AbstractContextManager[Driver]]
    steps, days_lived, charges, violations = 0, 0, 0, 0
    done: Counter[str]
    """How often the shop did what was asked of it, by the rule's name."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()

    @initialize(begins=beginnings)
    def begin(self, begins: Beginning) -> None:
        self.begins = begins
        self.driver = self.stack.enter_context(type(self).world(begins))
        self.watch = Watch(self.driver)
        self.bought, self.to_work = 0, True
        self.now_living = [self.buys() for _ in range(PLANS)]

    def buys(self) -> Life:
        """Another customer; there is enough for their kit and hardly more, unless what there is is for others."""
        sessions, weeks = WITH_REFILLS[self.bought % len(WITH_REFILLS)]
        self.bought += 1
        for units in (3, 20):
            for sku in (first_kit.ROLLER, first_kit.SERUM):
                arrives(sku, units)
            with suppress(SoldOut):
                kits = 1 + self.bought % 2
                return Life(self.driver, self.driver.buy(sessions=sessions, every_weeks=weeks, quantity=kits))
        raise AssertionError("twenty units are not enough for a kit")

    def life(self, which: int) -> Life:
        """One that is not over."""
        plan = host.session().get_one(Subscription, self.now_living[which].plan_id, populate_existing=True)
        over = plan.state != ACTIVE
        host.end_reads()
        if over:
            self.now_living[which], self.to_work = self.buys(), True
        return self.now_living[which]

    @property
    def today(self) -> date:
        return clock.today(clock.now())

    def says_yes(self, life: Life) -> bool:
        """A customer confirms the notice; the watch remembers when."""
        done = life.says_yes()
        if done:
            self.watch.yes[life.plan_id] = clock.now()
        return done

    def wait(self, ahead: int) -> None:
        """Let so many days pass, though no more than two years in all; days of nothing pass unseen."""
        until = min(self.today + days(ahead), self.begins.day + days(LENGTH))
        while (day := self.today) < until:
            due = self.today + days(1) if self.to_work else next_day(day)
            self.driver.travel(self.begins.at(min(due or until, until)), work=False)
            type(self).days_lived += (self.today - day).days
            if due and due <= self.today:
                self.works()

    def wait_for_notice(self, life: Life) -> None:
        """Let time pass until a refill is announced, though not for ever."""
        until = self.today + days(LONGEST_WAIT)
        while self.today < until and all(refill.state != NOTIFIED for refill in self.driver.refills(life.bought)):
            before = self.today
            due = next_day(before) or until
            self.wait((min(due, until) - before).days)
            if self.today == before:  # the two years are over
                return

    def works(self) -> None:
        """The worker does what is due."""
        self.driver.work(but=HOUSEWORK)
        self.to_work = False
        self.watch.look()
        self.watch.late()

    @invariant()
    def nothing_is_wrong(self) -> None:
        type(self).steps += 1
        self.watch.look()
        self.watch.forecast()
        self.watch.drift()
        self.is_right()

    @invariant()
    def reckoning_anew_changes_nothing(self) -> None:
        for life in self.now_living:
            before = self.driver.refills(life.bought)
            with host.unit() as session:
                replan(session, life.plan_id, clock.now())
            assert self.driver.refills(life.bought) == before, before

    def is_right(self) -> None:
        type(self).violations += len(self.watch.violations)
        assert self.watch.violations == [], "\n".join(self.watch.violations)

    def teardown(self) -> None:
        with self.stack:
            if hasattr(self, "watch"):
                self.watch.settle()
                type(self).charges += sum(self.watch.charged.values())
                self.is_right()
