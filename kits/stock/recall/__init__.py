"""Recall: a lot is taken out of use, and who received it is known."""
