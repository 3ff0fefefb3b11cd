"""The forms of the stock's pages; what they may ask for is the domain's to say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import cast

from marshmallow import fields, validate

from shop.storefront.forms import Form, day, filled, tick, whole, words

STALE = "This form was open for too long. Please look it over and press the button again."
WHY = "Say why, for whoever reads the ledger later."
HOW_MANY = "Give a whole number from 1 to 1,000,000."
COUNT = "Give a whole number from 0 to 1,000,000."
NO_DAY = "Give a day from 2000 to 2199."
DAYS = validate.Range(date(2000, 1, 1), date(2199, 12, 31), error=NO_DAY)


def submission() -> fields.String:
    """The mark of one form that was shown, so that two clicks on it do one thing."""
    return filled(STALE, validate.Length(max=64, error=STALE))


class AdjustForm(Form):
    """So many units more, or with a minus fewer."""

    units = whole("Give a whole number, with a minus to take away.", required=True)
    reason = filled(WHY)
    submission = submission()


class WriteOffForm(Form):
    """So many units thrown away, free ones or those in quarantine."""

    units = whole(HOW_MANY, required=True)
    quarantined = tick()
    reason = filled(WHY)
    submission = submission()


class QuarantineForm(Form):
    """So many units out of use, or all that are free."""

    units = whole(HOW_MANY, load_default=None)
    all = tick()
    reason = filled(WHY)
    submission = submission()


class ReleaseForm(Form):
    """So many units back into use."""

    units = whole(HOW_MANY, required=True)
    reason = filled(WHY)
    submission = submission()


class OrderingForm(Form):
    """How an item is ordered."""

    supplier = words()
    lead_days = whole("Give the days as a whole number.", required=True)
    safety_stock = whole("Give the units as a whole number.", required=True)
    pack_size = whole("Give the units in a pack as a whole number.", required=True)
    low_at = whole("Give the units as a whole number.", required=True)


class LedgerForm(Form):
    """Which movements are wanted; empty is all."""

    item = words()
    kind = words()
    actor = words()
    order = words()
    lot = words()
    since = day(NO_DAY, load_default=None, validate=DAYS)
    until = day(NO_DAY, load_default=None, validate=DAYS)


class CountForm(Form):
    """What every stock-take asks beside its counts."""

    item = words()
    reason = words()
    submission = submission()


def count_form(lot_ids: Iterable[int]) -> type[Form]:
    """The form of a stock-take over these lots: for each what was counted, and what the books said."""
    made = {f"lot-{lot_id}": whole(COUNT, load_default=None) for lot_id in lot_ids}
    expected = {f"expected-{lot_id}": whole(STALE, required=True) for lot_id in lot_ids}
    return cast(type[Form], CountForm.from_dict({**made, **expected}))
