"""A plan as a calendar that a customer's own calendar app follows: sessions, notices and charges."""
