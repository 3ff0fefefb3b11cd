"""The payment gateway: what we ask of it in our own words, and Stripe behind those words."""
