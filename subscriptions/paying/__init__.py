"""Paying for a refill in person: the links in mails that lead there, once."""
