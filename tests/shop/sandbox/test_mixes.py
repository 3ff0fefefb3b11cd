"""Several faults of one call at once, and webhooks that come late, twice and out of order."""

from __future__ import annotations

import json
import time
from collections import Counter
from typing import Any

import pytest
import stripe

from shop.sandbox.events.disorder import Disorder
from shop.sandbox.wire.faults import EVERY, Fault, Faults, Mix

RATES = {"lose_request": 0.1, "lose_response": 0.1, "http_500": 0.05, "lock_timeout": 0.05}


def _struck(mix: Mix, *calls: str) -> list[str | None]:
    """What befalls these calls, by mode."""
    faults = Faults()
    faults.put(mix)
    found = [faults.strike(call) for call in calls]
    return [each and each.mode for each in found]


def test_a_mix_strikes_each_mode_about_as_often_as_asked_for() -> None:
    counts = Counter(_struck(Mix(EVERY, RATES, seed=1), *["refunds.create"] * 4000))
    assert counts[None] == pytest.approx(2800, rel=0.1)
    assert all(counts[mode] == pytest.approx(4000 * rate, rel=0.3) for mode, rate in RATES.items())


def test_the_same_seed_strikes_the_same_calls_however_operations_take_turns() -> None:
    mix = Mix(EVERY, RATES, seed=7)
    one = _struck(mix, *["refunds.create", "customers.create"] * 50)[::2]
    assert one == _struck(mix, *["customers.create"] * 9, *["refunds.create"] * 50)[9:]
    assert one != _struck(Mix(EVERY, RATES, seed=8), *["refunds.create"] * 50)


def test_a_mix_may_delay_some() -> None:
    faults = Faults()
    faults.put(Mix(EVERY, {"delay": 1.0}, seconds=0.2))
    assert faults.strike("refills.create") == Fault(EVERY, "delay", seconds=0.2)


def test_a_mix_of_its_own_comes_before_that_of_every_call_and_a_fault_before_both() -> None:
    faults = Faults()
    for each in (Mix(EVERY, {"http_500": 1.0}), Mix("refunds.create", {"http_409": 1.0})):
        faults.put(each)
    faults.put(Fault("refunds.create", "http_429"))
    struck = [faults.strike(on) for on in ("refunds.create", "refunds.create", "customers.create")]
    assert [each and each.mode for each in struck] == ["http_429", "http_409", "http_500"]
    faults.clear()
    assert faults.strike("customers.create") is None


def test_a_mix_is_put_over_http_listed_and_cleared(sandbox: Any) -> None:
    mix = {"on": "*", "rates": {"lock_timeout": 1.0}, "seed": 3, "seconds": 0.0}
    assert sandbox.control("POST", "faults", mix) == mix
    with pytest.raises(stripe.RateLimitError) as refused:
        sandbox.stripe.v1.customers.create()
    assert refused.value.error.code == "lock_timeout"
    assert sandbox.control("GET", "faults") == {"data": [mix]}
    assert sandbox.control("DELETE", "faults") == {"data": []}
    assert sandbox.stripe.v1.customers.create().id


@pytest.mark.parametrize(
    "wrong",
    [
        {"rates": {"http_500": 0.1}},
        {"on": "nothing", "rates": {"http_500": 0.1}},
        {"on": "*", "rates": {"explode": 0.1}},
        {"on": "*", "rates": {"delay": 0.1}, "seconds": -1},
        {"on": "*", "rates": {"http_500": 0.6, "http_409": 0.6}},
        {"on": "*", "rates": {"http_500": -0.1}},
        {"on": "*", "rates": ["http_500"]},
        {"on": "*", "rates": {"http_500": 0.1}, "seed": "x"},
    ],
)
def test_a_mix_that_makes_no_sense_is_refused(sandbox: Any, wrong: Any) -> None:
    assert sandbox.raw("POST", "/_sandbox/faults", json=wrong).status_code == 400
    assert sandbox.control("GET", "faults") == {"data": []}


def test_a_disturbed_delivery_is_drawn_for_once_and_the_same_by_the_same_seed() -> None:
    drawn = [
        [each.drawn(n) for n in range(1, 200)] for each in (Disorder(0.3, 0.4, 2.0, 5), Disorder(0.3, 0.4, 2.0, 5))
    ]
    late, twice = ([each[place] for each in drawn[0] if each[place]] for place in (0, 1))
    assert drawn[0] == drawn[1]
    assert (len(late), len(twice)) == (pytest.approx(80, rel=0.3), pytest.approx(60, rel=0.3))
    assert max(late + twice) <= 2.0
    again = Disorder(1.0, 1.0, 2.0)
    assert all(again.drawn(1))
    assert again.drawn(1) == (0.0, 0.0), "it was put off, and goes out now"


def test_events_come_late_twice_and_out_of_order(telling: Any, endpoint: Any) -> None:
    asked = {"duplicate": 0.5, "delay": 0.5, "seconds": 0.3, "seed": 1}
    assert telling.control("POST", "webhooks/disorder", asked) == asked
    made = [telling.stripe.v1.customers.create().id for _ in range(12)]
    wanted = sum(bool(each) for each in (twice for _, twice in map(Disorder(0.5, 0.5, 0.3, 1).drawn, range(1, 13))))
    told = endpoint.wait_for(lambda body: True, count=12 + wanted)
    about = [json.loads(body)["data"]["object"]["id"] for _, body in told]
    assert set(about) == set(made)
    assert len(about) == 12 + wanted
    assert list(dict.fromkeys(about)) != made


def test_without_disorder_events_come_once(telling: Any, endpoint: Any) -> None:
    telling.control("POST", "webhooks/disorder", {})
    telling.stripe.v1.customers.create()
    endpoint.wait_for(lambda body: True)
    time.sleep(0.3)
    assert len(endpoint.wait_for(lambda body: True)) == 1


@pytest.mark.parametrize("wrong", [{"duplicate": 2}, {"delay": -1}, {"seconds": 4000}, {"seed": "x"}, ["delay"]])
def test_a_disorder_that_makes_no_sense_is_refused(sandbox: Any, wrong: Any) -> None:
    assert sandbox.raw("POST", "/_sandbox/webhooks/disorder", json=wrong).status_code == 400
