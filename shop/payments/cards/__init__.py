"""Cards that are kept at the gateway: saving one without a payment, and what becomes of it."""
