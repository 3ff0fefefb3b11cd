"""Withdrawals and returns: what a customer gives back, what becomes of it, and the money for it."""
