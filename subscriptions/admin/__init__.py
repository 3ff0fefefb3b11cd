"""What the admin sees of running plans: what they will need."""
