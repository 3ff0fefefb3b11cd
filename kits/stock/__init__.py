"""Lots, the ledger, promises: what we hold and what of it is promised."""
