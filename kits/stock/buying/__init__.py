"""Buying in: purchase orders, and lists of deliveries."""
