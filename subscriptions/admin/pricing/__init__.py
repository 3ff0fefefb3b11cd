"""Prices for staff: what new buyers pay from when, and what running plans are told."""
