"""What is promised of the stock: to orders (reservations), to refills within the horizon (commitments)."""
