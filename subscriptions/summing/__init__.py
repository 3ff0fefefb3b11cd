"""Plans summed up for their customers: what changed since the last notice, and all of it at the end."""
