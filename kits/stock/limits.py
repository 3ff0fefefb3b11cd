"""How much and how long: the limits that every door to the stock keeps alike."""

MOST_UNITS = 1_000_000
"""Units in one movement, at most."""

LONGEST_CODE = 60
"""Characters in a lot's code, at most."""

LONGEST_NAME = 200
"""Characters in the name of a supplier, at most."""
