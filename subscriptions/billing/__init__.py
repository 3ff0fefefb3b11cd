"""Billing: one refill at a time: claim, reserve, order, charge, record."""
