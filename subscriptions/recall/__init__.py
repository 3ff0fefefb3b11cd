"""Recall, seen from the plans: who is in the middle of one with a recalled lot, and what is done for them."""
