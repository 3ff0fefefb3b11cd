"""What the tests stand on: a real PostgreSQL, a served sandbox, a served shop, a browser."""
