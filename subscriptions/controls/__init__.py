"""What a customer can do to a running plan, and what each of it would come to before it is confirmed."""
