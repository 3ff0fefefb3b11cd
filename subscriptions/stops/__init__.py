"""What keeps a plan from being charged: a card that is missing, a dispute, a warning of fraud."""
