"""The test-only doors: health, faults, charges, clock, cards, webhooks. They need no key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from flask import Flask, request

from shop.sandbox.clock import Clock, iso, read_moment
from shop.sandbox.controls.asking import read_disorder, read_fault
from shop.sandbox.controls.cards import ADVICE, behave_like, behaviour, renew
from shop.sandbox.controls.disputes import dispute_charge, end_dispute, warn_of_fraud
from shop.sandbox.errors import StripeError
from shop.sandbox.events.delivery import Deliverer
from shop.sandbox.store.database import Database
from shop.sandbox.store.documents import Unit
from shop.sandbox.wire.answers import visible
from shop.sandbox.wire.faults import Faults

Answer: TypeAlias = tuple[dict[str, Any], int]


def open_controls(
    app: Flask, database: Database, clock: Clock, faults: Faults, deliverer: Deliverer, wake: Callable[[], None]
) -> None:
    """Serve everything under `/_sandbox/`."""
    doors = Doors(database, clock, faults, deliverer, wake)
    rules: tuple[tuple[str, str, Callable[..., Answer]], ...] = (
        ("GET", "health", doors.health),
        ("GET", "clock", doors.read_clock),
        ("POST", "clock", doors.move_clock),
        ("GET", "faults", doors.list_faults),
        ("GET", "faults/struck", doors.count_faults),
        ("POST", "faults", doors.put_fault),
        ("DELETE", "faults", doors.clear_faults),
        ("GET", "charges", doors.charges),
        ("GET", "cards/<method>", doors.read_card),
        ("POST", "cards/<method>", doors.change_card),
        ("POST", "cards/<method>/renew", doors.renew_card),
        ("GET", "webhooks", doors.waiting_webhooks),
        ("POST", "webhooks", doors.hold_webhooks),
        ("POST", "webhooks/disorder", doors.disturb_webhooks),
        ("POST", "events/<event>/send", doors.send_again),
        ("POST", "disputes", doors.open_dispute),
        ("POST", "disputes/<dispute>", doors.end_dispute),
        ("POST", "fraud-warnings", doors.warn),
    )
    for method, rule, view in rules:
        app.add_url_rule(f"/_sandbox/{rule}", f"sandbox.{view.__name__}", _guarded(view), methods=[method])


def _guarded(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """The view, with an error's words as JSON: 400 for what is not understood, else the error's own status."""

    def answer(**ids: str) -> Answer:
        try:
            return view(**ids)
        except StripeError as error:
            return {"error": error.body}, error.status
        except (KeyError, TypeError, ValueError) as error:
            return {"error": {"message": f"Not understood: {error}"}}, 400

    return answer


def given() -> dict[str, Any]:
    """What the request says, as JSON or as a form; ValueError for JSON that is no object."""
    if not request.is_json:
        return dict(request.form)
    said = request.get_json(silent=True)
    if not isinstance(said, dict):
        raise ValueError("expected a JSON object")
    return said


@dataclass(frozen=True, slots=True)
class Doors:
    """The views; what they need to work."""

    database: Database
    clock: Clock
    faults: Faults
    deliverer: Deliverer
    wake: Callable[[], None]

    def health(self) -> Answer:
        """It answers, and its file can be read."""
        with self.database.transaction() as connection:
            connection.execute("SELECT 1")
        return {"status": "ok"}, 200

    def read_clock(self) -> Answer:
        """`now` in ISO-8601, `epoch` in seconds."""
        now = self.clock.now()
        return {"now": iso(now), "epoch": now}, 200

    def move_clock(self) -> Answer:
        """Forward to `now` (ISO-8601 or epoch seconds); an earlier time changes nothing."""
        self.clock.move_to(read_moment(given()["now"]))
        self.wake()
        return self.read_clock()

    def list_faults(self) -> Answer:
        """Those that may still strike."""
        return {"data": [fault.as_json() for fault in self.faults.waiting()]}, 200

    def count_faults(self) -> Answer:
        """How often each mode has struck since the start."""
        return dict(self.faults.struck), 200

    def put_fault(self) -> Answer:
        """`on`, `mode`, and `times` or `rate`, `seconds` with mode `delay`; or `on`, `rates`, `seconds`, `seed`."""
        fault = read_fault(given())
        answer = fault.as_json()
        self.faults.put(fault)
        return answer, 200

    def clear_faults(self) -> Answer:
        """None any more."""
        self.faults.clear()
        return {"data": []}, 200

    def charges(self) -> Answer:
        """Every charge that took money, newest first, refunded ones too."""
        with self.database.transaction() as connection:
            found = Unit(connection, 0).all("charge", status="succeeded")
        same = ("id", "amount", "currency", "created", "metadata", "customer", "payment_intent")
        return {"data": [{n: each[n] for n in same} | {"refunded": each["amount_refunded"]} for each in found]}, 200

    def read_card(self, method: str) -> Answer:
        """How a saved card behaves."""
        with self.database.transaction() as connection:
            return behaviour(Unit(connection, self.clock.now()), method), 200

    def change_card(self, method: str) -> Answer:
        """`behaves_like` a `pm_card_…`; null, or nothing, is as it was made. With what comes with its declines."""
        said = given()
        advice = {name: said[name] for name in ADVICE if name in said}
        with self.database.transaction() as connection:
            return behave_like(Unit(connection, self.clock.now()), method, said.get("behaves_like"), **advice), 200

    def renew_card(self, method: str) -> Answer:
        """A new card for the same account: `expires` as MM/YYYY, perhaps `last4`; with `quietly` no event tells."""
        with self.database.transaction() as connection:
            answer = visible(renew(Unit(connection, self.clock.now()), method, given()))
        self.wake()
        return answer, 200

    def waiting_webhooks(self) -> Answer:
        """How many deliveries are still to be made."""
        return {"hold": self.deliverer.held, "waiting": self.deliverer.waiting()}, 200

    def hold_webhooks(self) -> Answer:
        """`hold` true stops delivery, false lets what has gathered go."""
        self.deliverer.held = str(given()["hold"]).lower() in ("true", "1")
        self.wake()
        return {"hold": self.deliverer.held}, 200

    def disturb_webhooks(self) -> Answer:
        """`duplicate` and `delay` are chances, `seconds` the longest delay, all 0 unless told; perhaps a `seed`."""
        self.deliverer.disorder = read_disorder(given())
        return self.deliverer.disorder.as_json(), 200

    def send_again(self, event: str) -> Answer:
        """Deliver an event once more, now, held or not; says what each endpoint answered (null: not reached)."""
        now = self.clock.now()
        found = self.deliverer.endpoints(event)
        return {"id": event, "sent": {each: self.deliverer.send(event, each, now) for each in found}}, 200

    def open_dispute(self) -> Answer:
        """Dispute `charge`."""
        with self.database.transaction() as connection:
            answer = dispute_charge(Unit(connection, self.clock.now()), given()["charge"])
        self.wake()
        return answer, 200

    def warn(self) -> Answer:
        """The bank warns that `charge` may be fraud."""
        with self.database.transaction() as connection:
            answer = warn_of_fraud(Unit(connection, self.clock.now()), given()["charge"])
        self.wake()
        return answer, 200

    def end_dispute(self, dispute: str) -> Answer:
        """End it with `status` won or lost."""
        with self.database.transaction() as connection:
            answer = end_dispute(Unit(connection, self.clock.now()), dispute, given()["status"])
        self.wake()
        return answer, 200
