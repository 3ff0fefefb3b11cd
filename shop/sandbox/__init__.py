"""A local Stripe over HTTP, for the demo and the tests; it imports nothing of ours and moves no money."""
