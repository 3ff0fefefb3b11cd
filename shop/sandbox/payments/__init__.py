"""Intents, charges, refunds and disputes."""
