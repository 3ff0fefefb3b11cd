"""The pages a customer sees: paying and authenticating."""
