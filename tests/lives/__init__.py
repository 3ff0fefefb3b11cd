"""Plans lived through: whatever customers do, decline and forget over two years, held to the rules of billing."""
