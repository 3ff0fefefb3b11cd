"""Paid refills that have not left when their plan is held or ended: their customer has them sent or refunded."""
