"""How requests and answers look on the wire: forms, parameters, lists, idempotency."""
