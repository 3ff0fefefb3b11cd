"""Refills on a person's pages: the section of an order, the account, ending a plan."""
