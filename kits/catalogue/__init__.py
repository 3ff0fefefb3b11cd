"""Items, kits, their components and prices, notices, and the session plan."""
