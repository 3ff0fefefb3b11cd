"""What happened, told to the webhook endpoints."""
