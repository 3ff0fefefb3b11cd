"""A shop of its own for each life: an empty database, a sandbox that knows nobody, a zone and a day to begin in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from kits import clock, host
from kits.catalogue import first_kit
from kits.stock.ledger import Cause
from kits.stock.moves.receiving import Delivery, receive
from shop.work.demo_clock import tell_sandbox
from tests.journeys.driving import Driver, days
from tests.servers.ground import Ground
from tests.servers.sandbox import KEY, SECRET


@dataclass(frozen=True)
class Beginning:
    """Where a shop is and when its story begins; it works at this hour each day. `asks`: each charge wants a yes."""

    zone: str
    day: date
    hour: time
    asks: bool

    def at(self, day: date) -> datetime:
        """The hour of a day."""
        return datetime.combine(day, self.hour, ZoneInfo(self.zone))


@contextmanager
def a_world(ground: Ground, engine: str, folder: Path, begins: Beginning) -> Iterator[Driver]:
    """The shop, and who drives it. The folder is made; the app's context is pushed."""
    (folder / "mail").mkdir(parents=True)
    url = ground.databases(engine).for_a_test()
    gateway = {"API_BASE": ground.sandbox.url, "SECRET_KEY": KEY, "WEBHOOK_SECRET": SECRET}
    config = {f"SHOP_STRIPE_{name}": value for name, value in gateway.items()}
    with (
        ground.sandbox.fresh(folder / "sandbox.db", None) as sandbox,
        ground.apps.lent(url, **config, SHOP_MAIL_URL=f"file:{folder / 'mail'}") as app,
    ):
        app.config |= {"SHOP_TIMEZONE": begins.zone, "SHOP_CONFIRM_CHARGES": begins.asks}
        clock.begin_at(begins.at(begins.day))
        tell_sandbox(clock.now())
        with host.unit() as session:
            slug = first_kit.plant(session, datetime(2020, 1, 1, tzinfo=UTC)).slug
        clock.look_once()
        try:
            yield Driver(slug, sandbox)
        finally:
            clock.look_again()


def arrives(sku: str, units: int) -> None:
    """A delivery."""
    now = clock.now()
    expires = clock.today(now) + days(900)
    receive(Delivery(sku, f"{sku}-{now:%y%m%d%H%M%S%f}", units, expires), Cause("command", now))
