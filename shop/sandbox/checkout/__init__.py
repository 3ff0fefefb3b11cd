"""Checkout Sessions: their making, paying and end."""
