"""Customers, their cards, and the account that sells."""
