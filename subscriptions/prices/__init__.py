"""New prices for refills of running plans: announced by mail, dated, and taken by no charge before that."""
