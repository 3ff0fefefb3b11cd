"""What the running plans will take from stock, and what that leaves of it."""
