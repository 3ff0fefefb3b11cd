"""Staff: their passwords, and their door to the admin."""
