"""Reconciliation: what Stripe says of money beside what we say, and mending each difference."""
