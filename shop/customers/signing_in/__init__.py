"""Signing in by mailed links, and what the session remembers of it."""
