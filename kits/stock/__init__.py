"""Lots, the ledger, reservations: what we hold and what of it is promised."""
