"""What the sandbox keeps, in one SQLite file."""
