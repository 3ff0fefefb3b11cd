"""Withdrawing from a contract: what can still be given back, its share of the money, and doing it."""
