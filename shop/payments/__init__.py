"""Payments: start, charge a saved card, settle, release, refund. One settle for every way in."""
