"""Which account at Stripe this database bills, and where it stands: a copy of it charges and mails nobody."""
