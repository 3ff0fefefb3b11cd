"""What the basket's page shows: its lines as they stand today, and the order of this visitor that is not paid."""
