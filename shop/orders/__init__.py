"""Orders: what a checkout places, what is packed, what is let go."""
